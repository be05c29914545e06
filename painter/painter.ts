import { paintAbstract } from './scene/abstract.js';
import { paintCaption, setCaption } from './caption/caption.js';
import { hasStanders } from './cast/actors.js';
import { paintCast } from './cast/cast.js';
import { paintFarFliers, paintNearFliers } from './cast/fliers.js';
import { paintCosmos } from './figure/cosmos.js';
import { mixPalette } from './drawing/palette.js';
import { Pen } from './drawing/pen.js';
import { Dice, hash } from './drawing/random.js';
import { paintGalaxy, paintScene } from './scene/scene.js';
import { isSwimmer } from './scene/underwater.js';
import { paintNamedInSpace, paintSky } from './elements/sky.js';
import { allowed, type Stage } from './drawing/stage.js';
import { read, type Subject } from './reading/subject.js';
import { paintFarWeather, paintFinish, paintNearWeather } from './elements/weather.js';

export interface PictureRequest {
  readonly prompt: string;
  /** What must not be drawn. */
  readonly negativePrompt: string | null;
  /** An integer; another seed gives another picture of the same subject. */
  readonly seed: number;
  /** Pixels: 256 to 1,536, a multiple of 8. */
  readonly width: number;
  readonly height: number;
}

/** Maximum length of a prompt or negative prompt in characters. */
const MAX_PROMPT = 20_000;
const SIDE = { least: 256, most: 1536, step: 8 } as const;

/**
 * Throws a RangeError unless the seed is an integer, both sides are 256 to 1,536 pixels and multiples of 8, and each
 * prompt has at most 20,000 characters.
 */
export function checkRequest({ prompt, negativePrompt, seed, width, height }: PictureRequest): void {
  if (Math.max(prompt.length, negativePrompt?.length ?? 0) > MAX_PROMPT)
    throw new RangeError('prompt is too long');
  if (!Number.isSafeInteger(seed)) throw new RangeError('seed must be a safe integer');
  for (const [name, side] of [
    ['width', width],
    ['height', height],
  ] as const) {
    // prettier-ignore
    if (!Number.isInteger(side) || side < SIDE.least || side > SIDE.most || side % SIDE.step !== 0) {
      throw new RangeError(`${name} must be a multiple of ${SIDE.step} from ${SIDE.least} to ${SIDE.most}`);
    }
  }
}

/**
 * Paints the prompt as an SVG of at most 800 elements and 600,000 characters, without text, links or anything copied
 * from the prompt. The same request gives the same characters. Throws what checkRequest() throws.
 */
export function compose(request: PictureRequest): string {
  checkRequest(request);
  // The negative prompt is not part of the seed, so that it removes objects without changing the rest of the picture.
  const dice = new Dice(hash(request.prompt, hash(`${request.seed}`)));
  const subject = read(request.prompt, request.negativePrompt, dice);
  const pen = draw(request, subject, dice);
  const isWhole = [...subject.things].every((thing) => pen.drawn.has(thing));
  if (isWhole || subject.isIncomplete) return pen.toString();
  // A scene may have no room for a thing that the painter knows, as for a bridge in space: then the words stand for it.
  return draw(request, { ...subject, isIncomplete: true }, dice).toString();
}

function draw({ prompt, width, height: frame }: PictureRequest, subject: Subject, dice: Dice): Pen {
  const palette = mixPalette(subject, dice);
  const pen = new Pen(width, frame);
  const caption = subject.isIncomplete ? setCaption(prompt, width, frame) : null;
  // The scene is composed above the caption.
  const height = frame - (caption?.height ?? 0);
  const chance = dice.fork('light');
  const unit = Math.sqrt(width * height);
  const watery = ['sea', 'lake', 'island'].includes(subject.places[0] ?? '');
  const horizon = height * (watery ? chance.between(0.54, 0.6) : 0.64);
  const high = { dawn: 0.72, noon: 0.26, sunset: 0.78, dusk: 0.86, night: 0.28 }[subject.time];
  const share = chance.chance(0.5) ? chance.between(0.24, 0.42) : chance.between(0.58, 0.76);
  const light = [share * width, horizon * (high + chance.between(-0.06, 0.06))] as const;
  const stage: Stage = { pen, dice, subject, palette, width, height, unit, light, horizon };
  paint(stage);
  paintFinish(stage);
  pen.openReserve();
  if (caption !== null) paintCaption(pen, palette, caption);
  return pen;
}

function paint(stage: Stage): void {
  const { places, things } = stage.subject;
  if (places.length === 0) {
    paintAbstract(stage);
    return;
  }
  if (places[0] === 'space' && allowed(stage, 'space')) {
    paintCosmos(stage, hasStanders(stage));
    paintNamedInSpace(stage);
    paintFarFliers(stage);
  } else if (places[0] !== 'underwater' && places[0] !== 'table') {
    paintSky(stage);
    paintGalaxy(stage);
    paintFarWeather(stage);
    paintFarFliers(stage);
  }
  const spots = paintScene(stage);
  // Swimmers belong to the water in which they were drawn.
  const onGround = new Set([...things].filter((thing) => places[0] !== 'underwater' || !isSwimmer(thing)));
  paintCast({ ...stage, subject: { ...stage.subject, things: onGround } }, spots);
  paintNearFliers(stage);
  if (places[0] !== 'underwater' && places[0] !== 'table' && places[0] !== 'space') paintNearWeather(stage);
}
