/** Addresses inside the pod and names inside the cluster: asking those is a health check, not a download. */
const LOCAL =
  /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[?::1\]?|[\w-]+|[\w-]+\.[\w-]+\.svc(?:\.[\w.-]+)?|[\w.-]+\.cluster\.local)$/i;

/** A number alone is an address in another spelling, not a name. */
export const isLocalHost = (host: string): boolean => LOCAL.test(host) && !/^\d+$|^0x/i.test(host);
