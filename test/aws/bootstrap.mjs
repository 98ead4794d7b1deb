/** What Lambda's runtime does: imports the bundle, hands it events one by one, and answers with its result or its error. */
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';

const { handler } = await import(pathToFileURL(process.argv[2]).href);

/** Milliseconds that Lambda lets a function run. */
const TIMEOUT = 900_000;

/** Text in a payload that ends the process, as the system ends one that is out of memory. */
const { ENDED_BY } = process.env;

const isEnd = ({ awslogs }) => {
  try {
    return ENDED_BY !== undefined && gunzipSync(Buffer.from(awslogs.data, 'base64')).includes(ENDED_BY);
  } catch {
    return false;
  }
};

process.on('message', async ({ id, event }) => {
  if (isEnd(event)) process.kill(process.pid, 'SIGKILL');
  const end = Date.now() + TIMEOUT;
  const context = { awsRequestId: String(id), getRemainingTimeInMillis: () => end - Date.now() };
  try {
    process.send({ id, result: await handler(event, context) });
  } catch (error) {
    process.send({ id, error: { errorType: error.name, errorMessage: error.message } });
  }
});
process.send({ ready: true });
