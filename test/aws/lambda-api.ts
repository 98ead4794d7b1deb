/** Lambda's Invoke operation over functions that run here: waits for the function, and answers as Lambda does when it ends. */
import { createServer } from 'node:http';
import { type FunctionError, type LambdaFunction, LOOPBACK } from './lambda.ts';

export interface LambdaApi {
  readonly url: string;
  readonly close: () => void;
}

const INVOCATIONS = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** @param functions by ARN */
export const startLambdaApi = async (functions: Readonly<Record<string, LambdaFunction>>): Promise<LambdaApi> => {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const [, name = ''] = INVOCATIONS.exec(request.url ?? '') ?? [];
      const invoked = functions[decodeURIComponent(name)];
      if (invoked === undefined) {
        response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' }).end('{"Message":"not found"}');
        return;
      }
      try {
        const result = await invoked.invoke(JSON.parse(Buffer.concat(chunks).toString()));
        response.writeHead(200).end(JSON.stringify(result ?? null));
      } catch (error) {
        const { errorType, message } = error as FunctionError;
        response.writeHead(200, { 'x-amz-function-error': 'Unhandled' });
        response.end(JSON.stringify({ errorType, errorMessage: message }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  const { port } = server.address() as { port: number };
  return { url: `http://${LOOPBACK}:${port}`, close: () => server.close() };
};
