/** The groups of operations, in the order of the page. */
export const tags: readonly { readonly name: string; readonly description: string }[] = [
  { name: 'auth', description: 'Accounts, sign-in with a second factor, sessions, passwords and addresses.' },
  { name: 'generations', description: 'Pictures and videos: order, follow, cancel, keep.' },
  { name: 'models', description: 'What can be generated, at what price, with which parameters.' },
  { name: 'projects', description: 'Folders of generations, private or public.' },
  { name: 'storage', description: 'Stored files, their links and the quota.' },
  { name: 'credits', description: 'Balance, ledger and totals of the account.' },
  { name: 'chat', description: 'Assistants: questions, answers as JSON or as streams, conversations.' },
  {
    name: 'openai',
    description:
      'For clients of OpenAI, with this address as their base URL and an API key of the scope `openai`.',
  },
  { name: 'usage', description: 'Tokens, credits and costs by day, model and API key.' },
  { name: 'api-keys', description: 'Keys for programs, each with scopes, addresses and an end.' },
  { name: 'privacy', description: 'Your data and your account: to take them with you, and to delete them.' },
  { name: 'admin', description: 'Accounts and balances, for administrators.' },
  { name: 'security', description: 'Security events, blocks and posture; reports of browsers.' },
  { name: 'audit', description: 'What was done by whom, and that nothing of it was taken out.' },
  {
    name: 'webhooks',
    description:
      'Called by other services, which sign their requests; and your endpoints, to which signed requests are sent.',
  },
  { name: 'ops', description: 'For the operator: kill switch, telemetry, metrics.' },
  { name: 'health', description: 'Probes of the platform.' },
];
