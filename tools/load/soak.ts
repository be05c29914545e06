// A soak: an even pace of the day's mix for minutes, while memory and handles of the service are read from the system.
import { readdirSync, readFileSync } from 'node:fs';
import { median } from '../bench/support/figures.ts';
import type { Service } from '../bench/support/service.ts';
import { day, type Day } from './day.ts';

const perSecond = 100;
const sampleEveryMs = 2000;
/** Of the whole time, until everything that is loaded once is loaded. */
const warmUpShare = 0.2;

interface Sample {
  /** Megabytes (2^20 bytes). */
  readonly resident: number;
  readonly handles: number;
}

export interface Soak {
  readonly day: Day;
  /** Megabytes (2^20 bytes) of the process of the service after the warm-up: medians of the first and the last quarter, and the most. */
  readonly resident: { readonly first: number; readonly last: number; readonly most: number };
  /** Open file descriptors, the same. */
  readonly handles: { readonly first: number; readonly last: number; readonly most: number };
}

export async function soak(service: Service, seconds: number): Promise<Soak> {
  const samples: Sample[] = [];
  const timer = setInterval(() => samples.push(sampleOf(service.pid)), sampleEveryMs);
  const mixed = await day(service, seconds, perSecond);
  clearInterval(timer);
  const settled = samples.slice(Math.floor(samples.length * warmUpShare));
  const of = (figure: keyof Sample) => {
    const values = settled.map((sample) => sample[figure]);
    const quarter = Math.max(1, Math.floor(values.length / 4));
    return {
      first: median(values.slice(0, quarter)),
      last: median(values.slice(-quarter)),
      most: Math.max(...values),
    };
  };
  return { day: mixed, resident: of('resident'), handles: of('handles') };
}

function sampleOf(pid: number): Sample {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    resident: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024,
    handles: readdirSync(`/proc/${pid}/fd`).length,
  };
}
