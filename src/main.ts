import './v8/flags.js';

// Only from here on: V8 takes compiled code from a cache only where the flags are those of its compilation.
await import('./boot.js');
