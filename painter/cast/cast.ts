import type { Spots, Stage } from '../drawing/stage.js';
import { wants } from '../drawing/stage.js';
import { mix, shade, tone } from '../drawing/tone.js';
import { paintBridge } from '../figure/building.js';
import { paintBoat, wake } from '../figure/craft.js';
import { paintWhale } from '../figure/creature.js';
import { paintFirs, paintFlowers } from '../figure/flora.js';
import { hex } from '../drawing/tone.js';
import { tintOf } from '../reading/subject.js';
import type { Thing } from '../vocabulary/subjects.js';
import { type Actor, actorOf, colourOf } from './actors.js';
import { fit, row } from './layout.js';

/** One of the objects that a prompt asks for. */
interface Member {
  readonly thing: Thing;
  readonly index: number;
  readonly actor: Actor;
  readonly wide: number;
  readonly tall: number;
}

/** Objects of one row; further ones are left to the caption. */
const MOST_IN_A_ROW = 14;

function members(stage: Stage, rows: readonly Actor['row'][]): Member[] {
  const list = [...stage.subject.things].flatMap((thing) => {
    const actor = actorOf(stage, thing);
    if (actor === null || !rows.includes(actor.row)) return [];
    const { wide, tall } = actor;
    const size = { wide: wide * stage.unit, tall: tall * stage.unit };
    return Array.from({ length: stage.subject.counts.get(thing) ?? 1 }, (_, index) => ({
      thing,
      index,
      actor,
      ...size,
    }));
  });
  return list.slice(0, MOST_IN_A_ROW);
}

/** The board stands between its players. */
function seated(list: readonly Member[]): Member[] {
  const boards = list.filter(({ thing }) => thing === 'chess');
  const others = list.filter(({ thing }) => thing !== 'chess');
  const middle = Math.ceil(others.length / 2);
  return [...others.slice(0, middle), ...boards, ...others.slice(middle)];
}

function paintMember(
  stage: Stage,
  { thing, index, actor, tall }: Member,
  x: number,
  y: number,
  wanted: number,
): void {
  // On high ground it is smaller, so that it keeps below the upper edge.
  const scale = Math.min(wanted, (y - stage.height * 0.03) / tall);
  const side = x <= stage.width / 2 ? 1 : -1;
  stage.pen.group(`${thing}-${index + 1}`, () => {
    actor.paint(stage, x, y, scale, side, colourOf(stage, thing, index));
  });
}

/** Where a front object stands: below the line of the ground, so that the land goes on behind it. */
function footing(stage: Stage, ground: (x: number) => number, x: number, depth: number): number {
  const y = ground(x);
  return y + Math.max(0, stage.height * 0.985 - y) * depth;
}

function paintStanders(stage: Stage, { ground, reach, water }: Spots): void {
  if (ground === null) return;
  const afloat = water === null ? (['float'] as const) : [];
  const back = members(stage, ['back']);
  const front = seated(members(stage, ['front', ...afloat]));
  const { width, height, dice, light } = stage;
  const chance = dice.fork('cast');
  const lean = (light[0] > width / 2 ? -1 : 1) * chance.between(0.05, 0.16);
  const edges = [Math.max(reach[0], width * 0.04), Math.min(reach[1], width * 0.96)] as const;
  const span = edges[1] - edges[0];
  const room = (share: number): number => height * share;
  const isOneRow = back.length > 0 && front.length > 0 && fit([...back, ...front], span, room(0.6)) > 0.72;
  if (isOneRow) {
    const half = Math.ceil(back.length / 2);
    const order =
      lean > 0
        ? [...back.slice(0, half), ...front, ...back.slice(half)]
        : [...back.slice(half), ...front, ...back.slice(0, half)];
    const slots = row(order, edges, room(0.6), 0);
    for (const kind of ['back', 'front'] as const)
      order.forEach((member, place) => {
        const slot = slots[place];
        if (slot === undefined || (member.actor.row === 'back') !== (kind === 'back')) return;
        paintMember(
          stage,
          member,
          slot.x,
          footing(stage, ground, slot.x, kind === 'back' ? 0.08 : 0.62),
          slot.scale,
        );
      });
    return;
  }
  for (const [list, depth, share] of [
    [back, 0.06, front.length > 0 ? 0.5 : 0.62],
    [front, 0.62, back.length > 0 ? 0.4 : 0.62],
  ] as const) {
    if (list.length === 0) continue;
    const slots = row(list, edges, room(share), list.length > 1 ? 0 : list === back ? -lean : lean);
    list.forEach((member, place) => {
      const slot = slots[place];
      if (slot !== undefined)
        paintMember(stage, member, slot.x, footing(stage, ground, slot.x, depth), slot.scale);
    });
  }
}

function paintFloaters(stage: Stage, { water }: Spots): void {
  if (water === null) return;
  const { subject, palette, width, unit, dice, light, pen } = stage;
  const [top, bottom] = water;
  const chance = dice.fork('floaters');
  const side = light[0] > width / 2 ? 1 : -1;
  if (wants(stage, 'bridge')) pen.group('bridge-1', () => { paintBridge(stage, top - unit * 0.035, top + unit * 0.05); }); // prettier-ignore
  const list = members(stage, ['float']);
  const slots =
    list.length === 0
      ? []
      : row(list, [width * 0.06, width * 0.94], stage.height * 0.5, side * chance.between(0.04, 0.14));
  const y = top + (bottom - top) * (list.some(({ thing }) => thing !== 'boat') ? 0.5 : 0.3);
  const isAlone = list.length === 1 && list[0]?.thing === 'boat';
  if (isAlone && !subject.styles.has('minimal'))
    paintBoat(stage, width * (0.5 + side * 0.36), top + (bottom - top) * 0.09, unit * 0.07, palette.near);
  list.forEach((member, place) => {
    const slot = slots[place];
    if (slot === undefined) return;
    const level = y + (place % 2) * (bottom - top) * 0.07;
    paintMember(stage, member, slot.x, level, slot.scale);
    if (member.thing === 'boat') return;
    pen.path(wake(slot.x, level - unit * 0.004, (member.wide * slot.scale) / 2), {
      fill: hex(mix(palette.light, palette.water[0], 0.5)),
      opacity: 0.75,
    });
  });
  if (wants(stage, 'whale')) {
    const skin = tintOf(subject, 'whale') ?? shade(palette.water[1], -0.14);
    pen.group('whale-1', () => { paintWhale(stage, width * (0.5 + side * 0.12), top + (bottom - top) * 0.52, unit * 0.3, skin); }); // prettier-ignore
  }
}

/** Draws the objects of the prompt on ground and water. */
export function paintCast(stage: Stage, spots: Spots): void {
  const { subject, palette, unit, pen } = stage;
  const { ground } = spots;
  paintFloaters(stage, spots);
  if (ground !== null && wants(stage, 'pine') && subject.places[0] !== 'forest') {
    const contour = Array.from(
      { length: 9 },
      (_, step) => [(step / 8) * stage.width, ground((step / 8) * stage.width)] as const,
    );
    const colour = tintOf(subject, 'pine') ?? shade(palette.near, -0.05);
    pen.group('pine-1', () => { paintFirs(stage, 'wanted-firs', contour, colour, unit * 0.3, 7); }); // prettier-ignore
  }
  paintStanders(stage, spots);
  if (ground === null || !wants(stage, 'flowers')) return;
  const scene = subject.colours[0];
  const petals =
    tintOf(subject, 'flowers') ?? (scene === undefined ? palette.accent : tone(0.72, 0.15, scene.h));
  pen.group('flowers-1', () => { paintFlowers(stage, ground, petals); }); // prettier-ignore
}
