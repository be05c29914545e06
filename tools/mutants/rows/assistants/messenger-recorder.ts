import type { Mutant } from '../../mutant.ts';

/** The recorder of development. */
export const messengerRecorderMutants: readonly Mutant[] = [
  {
    title: 'the recorder says that it sent what came from a page of Meta',
    file: 'src/adapters/recorder/recorder-channel.ts',
    find: 'if (pageId !== messengerPolicy.recordedPageId)',
    replace: "if (pageId === '')",
    specs: ['test/journeys/messenger-recorder.spec.ts'],
    test: 'of another page',
  },
  {
    title: 'the recorder keeps everything',
    file: 'src/adapters/recorder/recorded-messages.ts',
    find: '.slice(0, -keep)',
    replace: '.slice(0, -keep * 1000)',
    specs: ['test/journeys/messenger-recorder.spec.ts'],
    test: 'the latest messages alone',
  },
  {
    title: 'production records what it would send',
    file: 'config/build-config.ts',
    find: "buildMessenger(settings, deployed ? null : secret('WEBHOOK_GATEWAY_SECRET'))",
    replace: "buildMessenger(settings, secret('WEBHOOK_GATEWAY_SECRET'))",
    specs: ['test/boot/accepted-boots.spec.ts'],
  },
];
