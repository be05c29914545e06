import { setFlagsFromString } from 'node:v8';

// Once a burst of tokens is verified, V8 takes what every request allocates for long-lived and puts it where collecting is
// dear: the service then answers half as many requests a second, for good (`npm run bench` would show it).
setFlagsFromString('--no-allocation-site-pretenuring');
