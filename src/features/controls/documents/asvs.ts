import { requirements, type SourceDocument } from './source-document.js';

/**
 * Requirements of the OWASP Application Security Verification Standard, 5.0.0, that an audit can see kept: those that a running service,
 * its answers or its files show. What only its source shows is held by its tests.
 */
export const asvs: SourceDocument = {
  id: 'asvs',
  title: 'OWASP ASVS 5.0.0',
  sections: [
    requirements('Validation and business logic', 'high', [
      [
        'V2.2.2',
        'what a client does not check is refused by the service',
        'input/malformed',
        'input/sql-injection',
      ],
      ['V2.4.1', 'calls that cost money or fill a store are counted', 'limits/generations', 'limits/api'],
    ]),
    requirements('Web frontend', 'high', [
      ['V3.3.1', 'the service sets no cookie; one of a proxy must be Secure', 'headers/cookies'],
      ['V3.3.2', 'a cookie of a proxy would be sent across sites otherwise', 'headers/cookies'],
      ['V3.3.4', 'scripts must not read a cookie of a proxy', 'headers/cookies'],
      ['V3.4.1', 'a browser must not come back over plain HTTP', 'headers/hsts'],
      ['V3.4.2', 'tokens are sent by pages of named origins alone', 'cors/exact-origins', 'cors/stranger'],
      ['V3.4.3', 'the pages of the service run no script of others', 'headers/content-security-policy'],
      ['V3.4.4', 'stored files must not be taken for another type', 'headers/nosniff'],
      ['V3.4.5', 'paths with ids stay with the service', 'headers/referrer-policy'],
      ['V3.4.6', 'no page may frame another', 'headers/content-security-policy', 'headers/frame-options'],
      ['V3.4.8', 'a page that opened ours must not hold on to it', 'headers/opener-policy'],
      ['V3.5.2', 'a preflight that is not allowed comes before every change', 'cors/stranger'],
    ]),
    requirements('API', 'high', [['V4.1.4', 'a method that no route has is refused', 'input/methods']]),
    requirements('Files', 'high', [
      ['V5.2.1', 'a file is larger than what one request may take', 'uploads/size', 'input/large-body'],
      ['V5.2.2', 'a type is what its bytes say', 'uploads/types'],
      ['V5.2.4', 'one person must not fill the store', 'uploads/quota'],
      [
        'V5.3.1',
        'nothing that was uploaded lies where the server runs it',
        'uploads/storage',
        'surface/secret-files',
      ],
      ['V5.4.3', 'files of others are given to people', 'uploads/scanner'],
    ]),
    requirements('Authentication', 'critical', [
      ['V6.1.1', 'who configures it must know what counts against guesses', 'documents/security-model'],
      [
        'V6.3.1',
        'passwords are guessed by programs',
        'limits/sign-in',
        'limits/enforced',
        'threats/responses',
      ],
      [
        'V6.3.2',
        'the first administrator is a default account until it is removed',
        'secrets/first-administrator',
      ],
      ['V6.3.3', 'an administrator reaches the data of everybody', 'administrators/factor'],
    ]),
    requirements('Sessions', 'critical', [
      ['V7.2.1', 'a token is judged by the service, on every request', 'authentication/forged-token'],
    ]),
    requirements('Authorization', 'critical', [
      ['V8.2.1', 'each route says who may', 'authorisation/admin-routes', 'operators/basic-authentication'],
      ['V8.2.4', 'what an address did decides what it may', 'threats/responses', 'limits/strategies'],
      ['V8.3.1', 'a page that hides a button hides nothing', 'authentication/open-routes'],
      [
        'V8.4.2',
        'an address alone lets nobody in, and neither does a password alone',
        'administrators/addresses',
        'administrators/factor',
      ],
    ]),
    requirements('Tokens', 'critical', [
      [
        'V9.1.1',
        'the claims of a token are believed because of its signature',
        'authentication/forged-token',
      ],
      ['V9.1.2', 'one algorithm, and never none', 'authentication/unsigned-token'],
      ['V9.1.3', 'a key that a token names is none of ours', 'authentication/forged-token'],
    ]),
    requirements('Communication', 'critical', [
      ['V12.1.1', 'older versions of TLS are broken', 'tls/versions'],
      ['V12.2.1', 'tokens would be read on the way', 'tls/https-only', 'configuration/public-address'],
      ['V12.2.2', 'clients must not learn to accept warnings', 'tls/certificate'],
      ['V12.3.1', 'rows cross networks of others', 'database/tls'],
    ]),
    requirements('Configuration', 'critical', [
      ['V13.1.2', 'a pool that is used up must not hang', 'database/pool'],
      [
        'V13.2.2',
        'a hole in a statement must not open the database',
        'database/least-privilege',
        'database/row-security',
      ],
      [
        'V13.2.3',
        'default credentials are tried first',
        'operators/credentials',
        'secrets/database-password',
      ],
      ['V13.3.1', 'a repository is read by many', 'vendor/secrets-manager', 'repository/env-not-committed'],
      [
        'V13.3.4',
        'a key that nobody rotates is a key that leaked once',
        'keys/age',
        'keys/provider-age',
        'keys/jwt-age',
      ],
      ['V13.4.1', 'history holds what was removed', 'surface/secret-files'],
      [
        'V13.4.2',
        'debug modes tell what is inside',
        'modes/debug',
        'modes/development',
        'modes/verbose-errors',
      ],
      ['V13.4.4', 'the method TRACE gives headers back', 'input/methods'],
      [
        'V13.4.5',
        'metrics and descriptions are for those who are told',
        'surface/description',
        'operators/basic-authentication',
      ],
      ['V13.4.6', 'a version names its holes', 'headers/software'],
    ]),
    requirements('Data protection', 'high', [
      ['V14.1.2', 'for each kind of data: why, how long, who gets it', 'documents/processing'],
      ['V14.2.4', 'what is said of sensitive data is done', 'privacy/redaction', 'audit/encrypted'],
      ['V14.2.7', 'what is kept for nothing is lost for nothing', 'privacy/retention'],
    ]),
    requirements('Architecture', 'high', [
      ['V15.1.1', 'a patch that waits is a hole that is published', 'review/dependencies'],
      [
        'V15.2.3',
        'development routes are no part of production',
        'surface/debug-routes',
        'modes/debug-endpoints',
      ],
    ]),
    requirements('Logging and errors', 'high', [
      ['V16.1.1', 'who reads an event must know what it means', 'documents/operations'],
      ['V16.2.4', 'a collector reads JSON', 'logs/format'],
      ['V16.2.5', 'logs are read by more people than the database', 'privacy/redaction'],
      ['V16.3.2', 'a refused token may be an attempt', 'events/forged-token'],
      [
        'V16.3.3',
        'attempts to get around a control are the first to be seen',
        'events/malicious-input',
        'events/cors',
        'events/limits',
      ],
      [
        'V16.4.2',
        'whoever takes over the service must not rewrite what it did',
        'audit/append-only',
        'surface/checkpoint',
      ],
      ['V16.4.3', 'a log on the machine that was taken over is none', 'logs/collected'],
      ['V16.5.1', 'an error must not explain the inside', 'errors/no-inside'],
    ]),
  ],
  reportHead: [],
};
