import { describe, expect, it } from '@jest/globals';
import { attachmentNamed } from './content-disposition.js';

describe('the name in a Content-Disposition', () => {
  it.each([
    ['a.png', 'a.png', 'a.png'],
    ['a"b\\c;d%41.txt', 'a_b_c_d_41.txt', 'a%22b%5Cc%3Bd%2541.txt'],
    ['Räksmörgås.pdf', 'R_ksm_rg_s.pdf', 'R%C3%A4ksm%C3%B6rg%C3%A5s.pdf'],
    ['😀.png', '_.png', '%F0%9F%98%80.png'],
    ["it's (1)*!.txt", "it's (1)*!.txt", 'it%27s%20%281%29%2A%21.txt'],
    ['a\r\nSet-Cookie: x', 'a__Set-Cookie: x', 'a%0D%0ASet-Cookie%3A%20x'],
  ])('of %p is whole, and in ASCII', (name, plain, whole) => {
    expect(attachmentNamed(name)).toBe(`attachment; filename="${plain}"; filename*=UTF-8''${whole}`);
  });

  it('holds nothing that ends a header, whatever the name', () => {
    for (let code = 0; code < 0x3000; code++)
      expect(attachmentNamed(`${String.fromCodePoint(code)}.x`)).toMatch(
        /^attachment; filename="[\x20-\x21\x23-\x7e]*"; filename\*=UTF-8''[\w.~%-]*$/,
      );
  });
});
