/** Who else gets personal data, by whose order, and what for. */
export interface Recipient {
  readonly name: string;
  /** Folders below src/adapters that speak to it. */
  readonly adapters: readonly string[];
  readonly gets: string;
  readonly purpose: string;
  /** `processor`: on the operator's order alone, by a contract. `your order`: where the person asks for it. None buys anything. */
  readonly role: 'processor' | 'your order';
  /** When it gets anything. */
  readonly when: string;
}

export const recipients: readonly Recipient[] = [
  {
    name: 'Supabase',
    adapters: ['supabase', 'storage', 'postgres', 'pg-boss'],
    gets: 'the account, all rows and files',
    purpose: 'sign-in, database and storage',
    role: 'processor',
    when: 'where the service runs on it',
  },
  {
    name: 'fal.ai',
    adapters: ['fal'],
    gets: 'prompts, parameters and reference images of an order',
    purpose: 'making pictures and video',
    role: 'processor',
    when: 'with each order, unless external_ai is refused',
  },
  {
    name: 'Google (Gemini) or OpenAI',
    adapters: ['ai-sdk'],
    gets: 'messages, by default with addresses, numbers and secrets replaced, and the files sent with them',
    purpose: 'answers of assistants',
    role: 'processor',
    when: 'with each question, unless external_ai is refused',
  },
  {
    name: 'Meta (Messenger)',
    adapters: ['meta'],
    gets: 'answers to people who wrote by Messenger',
    purpose: 'answering where the person wrote',
    role: 'your order',
    when: 'to people who wrote by Messenger',
  },
  {
    name: 'the provider of mail',
    adapters: ['mail'],
    gets: 'the address, and mails about the account',
    purpose: 'telling the owner what was done in their name',
    role: 'processor',
    when: 'with each mail',
  },
  {
    name: 'Redis, as hosted',
    adapters: ['redis'],
    gets: 'keyed hashes and addresses for minutes to hours',
    purpose: 'limits and scores of threats that hold on all instances',
    role: 'processor',
    when: 'where the service runs on it',
  },
  {
    name: 'the storage of backups',
    adapters: ['s3'],
    gets: 'all rows and files, encrypted to a key that it does not have',
    purpose: 'restoring what was lost',
    role: 'processor',
    when: 'where the operator set one up',
  },
  {
    name: 'your own systems',
    adapters: ['webhook'],
    gets: 'what happened to generations and credits',
    purpose: 'webhooks',
    role: 'your order',
    when: 'where you set up an endpoint',
  },
  {
    name: 'the operator’s collector of security events',
    adapters: ['siem'],
    gets: 'security events with the client’s address',
    purpose: 'finding and stopping attacks',
    role: 'processor',
    when: 'where the operator set one up',
  },
];
