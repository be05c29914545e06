import { detectionLimits } from '../../../../config/policy/perimeter/detection.js';

/**
 * The work that may be spent on the texts of one request, in units of about a nanosecond. Everything that a tokeniser
 * does costs units that are taken before it is done, so that a text decides how much of it is judged, never how long
 * that takes. One request is judged at a time, without waiting in between: so the account is kept here.
 */
let left = 0;
let granted = 0;
let floor = 0;
let spent = 0;
let cut = false;

/** Opens the account of a request. */
export function beginWork(): void {
  left = granted = detectionLimits.workUnits;
  floor = spent = 0;
  cut = false;
}

/** Adds what a text of this length is worth, up to the most that one request may cost. */
export function allowFor(chars: number): void {
  const { workUnitsPerChar, mostWorkUnits } = detectionLimits;
  const more = Math.min(chars * workUnitsPerChar, mostWorkUnits - granted);
  granted += more;
  left += more;
}

/** From here on one tokeniser spends on one view: a share of what is left, so that the others can still look. */
export function beginLook(): void {
  floor = left - left / detectionLimits.lookShare;
}

/** Takes units; false when there are not enough: the caller stops, and the rest is unjudged. */
export function spend(units: number): boolean {
  if (left - units < floor) {
    cut = true;
    return false;
  }
  left -= units;
  spent += units;
  return true;
}

/** Takes the units of a pass over so many characters; returns how many of them can be paid for. */
export function spendPass(chars: number, unitsPerChar: number): number {
  const paid = Math.min(chars, Math.max(0, Math.floor(left / unitsPerChar)));
  if (paid < chars) cut = true;
  left -= paid * unitsPerChar;
  spent += paid * unitsPerChar;
  return paid;
}

/** A part of the request was not read: its length, its number of values, or its work. */
export function leaveUnjudged(): void {
  cut = true;
}

export const work = {
  isUnjudged: (): boolean => cut,
  spent: (): number => spent,
};
