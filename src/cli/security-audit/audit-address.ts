import { NotUnderstood } from '../command.js';

/** @throws NotUnderstood for what is no address of http or https */
export function addressOf(text: string): URL {
  let address: URL;
  try {
    address = new URL(text);
  } catch {
    throw new NotUnderstood();
  }
  const isWeb = address.protocol === 'https:' || address.protocol === 'http:';
  if (!isWeb || address.username !== '' || address.password !== '') throw new NotUnderstood();
  return new URL(address.origin);
}
