import { describe, expect, it } from 'vitest';
import { clean } from '../../../../shared/primitives/clean-text.ts';

describe('clean', () => {
  it('shows what is obeyed or hidden as a dot', () => {
    expect(clean('a\u001b[31mb\u202ec\u200bd')).toBe('a·[31mb·c·d');
  });

  it('shows tags, in which a whole text can hide, as dots', () => {
    const hidden = [...'ls'].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');
    expect(clean(`pod${hidden}`)).toBe('pod··');
  });

  it('leaves letters of every script and emoji alone', () => {
    expect(clean('größe 名前 🚀')).toBe('größe 名前 🚀');
  });
});
