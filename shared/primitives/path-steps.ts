/** The steps of a file path as the kernel walks them: no empty ones, no `.`, and `..` takes one back. */
export const stepsOf = (path: string): readonly string[] => {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return steps;
};
