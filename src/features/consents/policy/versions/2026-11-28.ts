import type { PrivacyPolicy } from '../privacy-policy.js';

export const privacyPolicy20261128: PrivacyPolicy = {
  version: '2026-11-28',
  sections: [
    {
      title: 'Who is responsible',
      paragraphs: [
        '{controller} runs this service and is responsible for what it does with your data. For questions and requests: {contact}.',
      ],
    },
    {
      title: 'What is kept, what for, and for how long',
      paragraphs: [
        'With your account all of this is deleted. The basis is the contract with you, or the interest in a service that is safe, where the table says so.',
      ],
      table: {
        columns: ['What', 'What for', 'Basis', 'For how long'],
        rows: [
          [
            'account',
            'to have an account: address, name, role, balance; to delete it once its grace is over',
            'contract',
            'until it is deleted, which its owner may ask for; then 14 days of grace',
          ],
          [
            'sign-in',
            'to stay signed in, to see and end sessions, to recognise a token that was stolen',
            'contract',
            'a day after the end of a session',
          ],
          [
            'second factors',
            'to protect the account by a second factor',
            'contract',
            'until they are removed',
          ],
          [
            'guesses at passwords, and known devices',
            'to stop guesses without locking the owner out',
            'legitimate interest',
            'devices 180 days after their last sign-in; counts of addresses without an account 30 days',
          ],
          ['changes of the address', 'to prove that a new address is the person’s', 'contract', '1 hour'],
          ['mails about the account', 'to tell the owner what was done in their name', 'contract', '7 days'],
          [
            'keys for programs',
            'to let programs act for the person, within limits',
            'contract',
            'until the account is deleted; of a key only its hash',
          ],
          [
            'generations and projects',
            'to make what was ordered, and to show it',
            'contract',
            'until the person deletes them',
          ],
          [
            'files',
            'to keep what was made and sent',
            'contract',
            'until the person deletes them; reference images 30 days',
          ],
          ['unfinished uploads', 'to go on with a broken upload', 'contract', 'a day'],
          [
            'conversations',
            'to answer, and to go on with what was said',
            'contract',
            'until the person deletes them; parts of a stream a minute',
          ],
          [
            'visitors of a site who signed in later',
            'to bring their conversations into the account',
            'contract',
            '30 days',
          ],
          [
            'agents that administrators wrote',
            'to know who wrote what an assistant says',
            'legitimate interest',
            'for as long as the agent; the author until the account is deleted',
          ],
          [
            'calls of language models',
            'to charge them, to answer a repeated one once, to find faults',
            'contract',
            '90 days; messages of other systems 30 days; repetitions of orders for pictures 10 minutes',
          ],
          [
            'use and budgets',
            'to show and bound what is spent',
            'contract',
            'sums of a day 800 days, of budgets 40 days and 25 months',
          ],
          ['credits', 'to know how a balance came about', 'contract', 'until the account is deleted'],
          ['answers to repeated requests', 'to do once what is asked twice', 'contract', 'a day'],
          [
            'webhooks',
            'to tell the person’s systems what happened',
            'contract',
            'endpoints until they are removed; deliveries 30 days, numbers 90 days',
          ],
          [
            'security events, alerts and blocks',
            'to find and stop attacks',
            'legitimate interest',
            '{auditdays} days; who it was until the account is deleted; scores of threats for hours',
          ],
          [
            'keys of the audit log',
            'to prove who did what; the entries themselves hold keyed hashes and sealed payloads',
            'legitimate interest',
            'entries {auditdays} days; the key to their payloads until the account is deleted',
          ],
          [
            'reviews of access',
            'to show that access was reviewed, and by whom',
            'legitimate interest',
            'for as long as the service; the reviewer until the account is deleted',
          ],
          ['exports of one’s data', 'to give a person what is known of them', 'contract', '7 days'],
          [
            'consents and objections',
            'to do as the person decided, and to prove what they agreed to',
            'contract',
            'until the account is deleted',
          ],
        ],
      },
    },
    {
      title: 'Who else gets data',
      paragraphs: [
        'Nothing is sold, and nothing is shared for advertising. These get what they need for what they do:',
      ],
      table: {
        columns: ['Who', 'What', 'What for', 'When'],
        rows: [
          [
            'Supabase',
            'the account, all rows and files',
            'sign-in, database and storage, on our order alone',
            'where the service runs on it',
          ],
          [
            'fal.ai',
            'prompts, parameters and reference images of an order',
            'making pictures and video, on our order alone',
            'with each order, unless external_ai is refused',
          ],
          [
            'Google (Gemini) or OpenAI',
            'messages, by default with addresses, numbers and secrets replaced, and the files sent with them',
            'answers of assistants, on our order alone',
            'with each question, unless external_ai is refused',
          ],
          [
            'Meta (Messenger)',
            'answers to people who wrote by Messenger',
            'answering where the person wrote, as you ordered',
            'to people who wrote by Messenger',
          ],
          [
            'the provider of mail',
            'the address, and mails about the account',
            'telling the owner what was done in their name, on our order alone',
            'with each mail',
          ],
          [
            'Redis, as hosted',
            'keyed hashes and addresses for minutes to hours',
            'limits and scores of threats that hold on all instances, on our order alone',
            'where the service runs on it',
          ],
          [
            'the storage of backups',
            'all rows and files, encrypted to a key that it does not have',
            'restoring what was lost, on our order alone',
            'where the operator set one up',
          ],
          [
            'your own systems',
            'what happened to generations and credits',
            'webhooks, as you ordered',
            'where you set up an endpoint',
          ],
          [
            'the operator’s collector of security events',
            'security events with the client’s address',
            'finding and stopping attacks, on our order alone',
            'where the operator set one up',
          ],
        ],
      },
    },
    {
      title: 'What you may do',
      paragraphs: [
        'You may see and take with you all that is kept of you (POST /api/v1/privacy/export), have it corrected (PUT /api/v1/auth/profile), and have it deleted with your account (POST /api/v1/privacy/delete), which you may cancel during a time of grace.',
        'You may agree to the use of AI providers, refuse it or take it back at any time (PUT /api/v1/privacy/consents), and object to the sale and the sharing of your data (PUT /api/v1/privacy/do-not-sell). A browser that sends Global Privacy Control objects for you.',
        'You may complain to the authority for data protection where you live.',
      ],
    },
    {
      title: 'Decisions by programs',
      paragraphs: [
        'Requests that look like attacks are refused, and their address or account may be blocked for a time. An administrator can lift a block: write to {contact}. No other decision about you is made by a program.',
      ],
    },
    {
      title: 'People who write by Messenger',
      paragraphs: [
        'Who writes to a page of ours by Messenger needs no account. Of them their messages are kept, under a keyed hash of their id, and the answers. They can have them deleted by removing the app at Facebook.',
      ],
    },
    { title: 'Cookies', paragraphs: ['There are none.'] },
    {
      title: 'Changes',
      paragraphs: [
        'A change of this text is a new version with its day. Earlier versions stay readable at {address}/privacy, and of each agreement it is kept to which version it was given.',
      ],
    },
  ],
};
