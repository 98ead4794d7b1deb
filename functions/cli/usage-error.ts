/** Why a command can't do what it was asked: wrong usage, configuration or input. The message is for a person; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
