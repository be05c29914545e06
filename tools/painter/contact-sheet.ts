// Draws prompts with the offline painter and lays the pictures out on one sheet: docs/painter-contact-sheet.jpg. Other prompts,
// sizes and files: npm run contact-sheet -- --out sheet.jpg --size 512x768 --columns 3 "a red fox" "two cats"
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { build, root } from '../build.ts';

const prompts = [
  'a fox in a snowy forest',
  'astronauts playing chess',
  'a bowl of ramen',
  'an old fisherman',
  'a neon city at night',
  'a red fox under a blue moon',
  'a lighthouse over a violet sea',
  'two cats and a dog in a meadow at sunset',
  'three orange fish in a coral reef',
  'a castle in the mountains at dusk',
  'a robot eating pancakes on a beach at sunset',
  'quantum entropy',
];
/** Pixels of one picture on the sheet, of the gap between two, and the bound of the file. */
const [side, gap, mostBytes] = [400, 12, 400_000];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string', default: join(root, 'docs/painter-contact-sheet.jpg') },
    size: { type: 'string', default: '768x768' },
    columns: { type: 'string', default: '4' },
    seed: { type: 'string', default: '7' },
  },
});
const [width = 768, height = 768] = values.size.split('x').map(Number);
const columns = Number(values.columns);

await build();
const { compose } = await import('#dist/painter/painter.js');
const { render } = await import('#dist/painter/render.js');

const list = positionals.length > 0 ? positionals : prompts;
const cell = { width: side, height: Math.round((side * height) / width) };
const pictures = [];
for (const [index, prompt] of list.entries()) {
  const svg = compose({ prompt, negativePrompt: null, seed: Number(values.seed), width, height });
  const { png } = await render(svg);
  pictures.push({
    input: await sharp(png).resize(cell.width, cell.height).png().toBuffer(),
    left: gap + (index % columns) * (cell.width + gap),
    top: gap + Math.floor(index / columns) * (cell.height + gap),
  });
}
const sheet = await sharp({
  create: {
    width: gap + Math.min(columns, list.length) * (cell.width + gap),
    height: gap + Math.ceil(list.length / columns) * (cell.height + gap),
    channels: 3,
    background: '#f4f1ea',
  },
})
  .composite(pictures)
  .jpeg({ quality: 80, mozjpeg: true })
  .toBuffer();
if (sheet.length > mostBytes) throw new Error(`the sheet has ${sheet.length} bytes, more than ${mostBytes}`);
await writeFile(values.out, sheet);
process.stdout.write(`${list.length} pictures, ${sheet.length} bytes: ${values.out}\n`);
