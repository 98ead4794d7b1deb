/**
 * Credentials inside Lambda, which are variables of the environment. The bundler puts this in the place of the SDK's own search for
 * credentials, which also knows profiles, single sign-on, processes and instance metadata, and is a quarter of a function's code.
 */
import { required } from './environment.ts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export const defaultProvider = () => async (): Promise<Credentials> => {
  const sessionToken = process.env['AWS_SESSION_TOKEN'];
  return {
    accessKeyId: required('AWS_ACCESS_KEY_ID'),
    secretAccessKey: required('AWS_SECRET_ACCESS_KEY'),
    ...(sessionToken !== undefined && { sessionToken }),
  };
};
