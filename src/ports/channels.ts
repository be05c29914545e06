/** The channels on which the database announces changes; the triggers of the migrations write to them. */
export const channels = {
  revocations: 'velro_revocations',
  generations: 'velro_generations',
  blocks: 'velro_blocks',
} as const;
