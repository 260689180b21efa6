import asyncio, os, sys, time
from uuid import uuid4
from support.notifying import connected, orders_reported, reported
from support.events import eventually
from support.rows import rows, count
import psutil
from test_service_env import env
async def test_latency(settings, rabbitmq_url, notifier_db, handle, tgsim, photo_host):
    cid = uuid4()
    await handle(connected(cid, 7))
    p = await asyncio.create_subprocess_exec(sys.executable, "-m", "notifier", "serve", env={**os.environ, **env(settings), "RABBITMQ_URL": rabbitmq_url, "PORT":"0", "LEASE_SECONDS":"10"})
    await handle(orders_reported(cid, reported(cid, photo=photo_host.url("a.png"))))
    await tgsim.wait_for_messages(1, timeout_seconds=30)
    await asyncio.sleep(1)
    proc=psutil.Process(p.pid); print("rss", proc.memory_info().rss/1e6)
    for rate in (50, 100):
        tgsim.clear(); at={}
        cpu0=proc.cpu_times()
        async def one(i):
            o=reported(cid, photo=photo_host.url("a.png")); e=orders_reported(cid,o)
            at[o.order.srid]=time.time(); await handle(e)
        t0=time.monotonic(); tasks=[]
        for i in range(rate*8):
            await asyncio.sleep(max(0,t0+i/rate-time.monotonic()))
            tasks.append(asyncio.create_task(one(i)))
        await asyncio.gather(*tasks)
        ms = await tgsim.wait_for_messages(rate*8, timeout_seconds=30)
        cpu=proc.cpu_times()
        import re
        lat=sorted(m["received_at"]-at[re.search(r"🔎 (\w+)", m["text"]).group(1)] for m in ms)
        q=lambda f: round(lat[int(f*(len(lat)-1))]*1000,1)
        print("rate",rate,"n",len(lat),"p50",q(.5),"p90",q(.9),"p99",q(.99),"max",q(1),"cpu s", cpu.user+cpu.system-cpu0.user-cpu0.system)
    r=await rows(notifier_db,"select percentile_cont(array[0.5,0.99]) within group (order by duration_ms) p, count(*) from delivery_attempts")
    print(r)
    p.terminate(); await p.wait(); print("rc",p.returncode)
