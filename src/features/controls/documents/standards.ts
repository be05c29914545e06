import { requirements, type SourceDocument } from './source-document.js';

export const apiTop10: SourceDocument = {
  id: 'api-top-10',
  title: 'OWASP API Security Top 10 2023',
  sections: [
    requirements('Risks', 'critical', [
      [
        'API1',
        'whose an object is, statements ask; that all of them do, a person tries',
        'authentication/open-routes',
        'review/penetration-test',
      ],
      [
        'API2',
        'tokens, guesses and second factors',
        'authentication/forged-token',
        'authentication/unsigned-token',
        'limits/sign-in',
        'administrators/factor',
      ],
      [
        'API3',
        'fields that nobody may set are refused; that none is missed, a person tries',
        'review/penetration-test',
      ],
      [
        'API4',
        'requests, bytes and money are bounded',
        'limits/api',
        'uploads/size',
        'uploads/quota',
        'budgets/ai',
      ],
      ['API5', 'routes of administrators are theirs', 'authorisation/admin-routes', 'administrators/roles'],
      ['API6', 'flows that programs would repeat are limited', 'limits/sign-up', 'limits/generations'],
      [
        'API7',
        'addresses that people name are asked from outside alone; a person tries others',
        'review/penetration-test',
      ],
      [
        'API8',
        'headers, origins, errors, modes',
        'headers/hsts',
        'headers/content-security-policy',
        'cors/exact-origins',
        'errors/no-inside',
        'modes/debug',
      ],
      [
        'API9',
        'what is there is described, and closed to strangers',
        'surface/description',
        'surface/debug-routes',
      ],
      [
        'API10',
        'what comes from a provider is signed, or refused',
        'messenger/unsigned',
        'messenger/wrong-signature',
      ],
    ]),
  ],
  reportHead: [],
};

/** The rows that the documents name: of the image and of how a container runs. */
export const cisDocker: SourceDocument = {
  id: 'cis-docker',
  title: 'CIS Docker Benchmark 1.2.0',
  sections: [
    requirements('Image', 'recommended', [
      ['4.1', 'the image has a user of its own', 'container/image-user', 'container/user'],
      ['4.2', 'the base is an official one', 'container/base-image'],
      ['4.4', 'known holes are looked for', 'review/image-scan'],
    ]),
    requirements('Container', 'recommended', [
      ['5.10', 'one container must not take the memory of all', 'container/memory'],
      ['5.25', 'a process gains no privileges', 'container/no-new-privileges'],
    ]),
  ],
  reportHead: [],
};
