/** The client closed the connection before its answer: there is nobody to answer, and nothing has failed. */
export class ClientLeft extends Error {
  override readonly name = 'ClientLeft';
}
