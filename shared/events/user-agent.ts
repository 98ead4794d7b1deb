/**
 * Programs that talk to the API server, by what they say of themselves. A client may say what it likes, so this may lower the weight
 * of a sighting or tell callers apart, but never decides that something is harmless.
 */
import type { Actor } from './event.ts';

const LONGEST = 64;

/** The program's name without its version: `kubectl`, `go-http-client`; `none` for a client that says nothing. */
export const clientFamily = (userAgent: string): string =>
  (/^[^/\s(]*/.exec(userAgent.trim())?.[0] ?? '').toLowerCase().slice(0, LONGEST) || 'none';

/** Tools that a person types into, and libraries of quick scripts. A controller has a name of its own. */
const HAND_HELD =
  /^(?:none$|kubectl|oc$|k9s|lens|openlens|freelens|headlamp|curl|wget|libcurl|httpie|python|aiohttp|mozilla|powershell|postman|insomnia|axios|node-fetch|undici|ruby|perl|lwp|java|okhttp)/;

export const isHandHeld = (userAgent: string): boolean => HAND_HELD.test(clientFamily(userAgent));

/** A workload that goes about its work with a program of its own: an operator reads Secrets and asks for tokens all day. */
export const isSoftware = (actor: Actor, userAgent: string): boolean =>
  actor.serviceAccount !== undefined && actor.arn === undefined && !isHandHeld(userAgent);
