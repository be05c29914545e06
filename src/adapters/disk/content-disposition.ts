/**
 * Content-Disposition (RFC 6266) by which a browser saves a file under this name and never shows it as a page: once in ASCII for old
 * programs, and whole as RFC 8187 has it.
 */
export function attachmentNamed(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\;%]/gu, '_');
  const whole = encodeURIComponent(name).replaceAll(
    /['()*!]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}
