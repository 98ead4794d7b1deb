/** Names of Secrets that tell of a service-account token. The audit log of EKS does not show the type of a Secret, so the name has to do. */

/** `default-token-x7k2p`, as Kubernetes named them. */
const GENERATED = /-token-[a-z0-9]{5}$/;

/** Names that say token and no more: mostly a token of another system. */
const PLAIN = /(?:^|[-.])token$/;

/** The same in the alphabet that Kubernetes draws from: five of its characters are few enough to try them all. */
export const GUESSABLE_TOKEN = /-token-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** Words for an account that come before the word `token`; all but `default` come right after it, too. */
const ACCOUNTS = new Set(['sa', 'serviceaccount', 'admin', 'default']);

/**
 * `service account` for a name as Kubernetes gave it, or one that puts a service account and a token together (`admin-user-token`,
 * `token-sa`); `plain` for one that says token only.
 */
export const tokenNameOf = (name: string): 'service account' | 'plain' | undefined => {
  if (isOfServiceAccount(name)) return 'service account';
  return PLAIN.test(name) ? 'plain' : undefined;
};

const isOfServiceAccount = (name: string): boolean => {
  if (GENERATED.test(name)) return true;
  const words = name.replaceAll('service-account', 'serviceaccount').split('-');
  const account = words.findIndex((word) => ACCOUNTS.has(word));
  if (account < 0) return false;
  return (
    account < words.lastIndexOf('token') ||
    words.some((word, index) => word !== 'default' && ACCOUNTS.has(word) && words[index - 1] === 'token')
  );
};
