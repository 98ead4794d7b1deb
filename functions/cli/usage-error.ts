/** Why a command can't do what it was asked: wrong usage, configuration or input. The message is for a person; exit code 2. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
