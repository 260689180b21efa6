// Calls `ra-data-simple-rest`, as it is published, with what stands on each line of stdin, and answers on stdout.
import readline from 'node:readline';
import { fetchUtils } from 'ra-core';
import simpleRestProvider from 'ra-data-simple-rest';

const user = { authenticated: true, token: `Bearer ${process.env.API_KEY}` };
const provider = simpleRestProvider(process.env.API_URL, (url, options = {}) =>
  fetchUtils.fetchJson(url, { ...options, user }),
);

for await (const line of readline.createInterface({ input: process.stdin })) {
  const [method, resource, params] = JSON.parse(line);
  let answer;
  try {
    answer = await provider[method](resource, params);
  } catch (error) {
    answer = { refused: { status: error.status ?? null, body: error.body ?? null, message: String(error) } };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
