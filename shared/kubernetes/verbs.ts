/** Verbs of requests to the API server, by what they do to objects. */

/** Verbs that put an object into the cluster or change it. */
export const WRITE_VERBS: readonly string[] = ['create', 'update', 'patch'];

export const DELETE_VERBS: readonly string[] = ['delete', 'deletecollection'];

/** Verbs that create, change or delete objects. */
export const CHANGE_VERBS: readonly string[] = [...WRITE_VERBS, ...DELETE_VERBS];
