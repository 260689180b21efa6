// Runs `telegram-test-api`, as it is published, and lets its own client act as each line of stdin says, until stdin ends.
import readline from 'node:readline';
import TelegramServer from 'telegram-test-api';

const server = new TelegramServer({ host: '127.0.0.1', port: Number(process.env.PORT) });
await server.start();
const client = server.getClient(process.env.TOKEN, JSON.parse(process.env.PERSON));
process.stdout.write('"started"\n');

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [make, send, text] = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(await client[send](client[make](text)))}\n`);
}
await server.stop();
