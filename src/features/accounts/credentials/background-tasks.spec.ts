import { describe, expect, it, jest } from '@jest/globals';
import { responseTiming } from '../../../../config/policy/accounts/response-timing.js';
import { until } from '../../../../test/support/process/wait-until.js';
import { Log } from '../../../observability/log.js';
import { BackgroundTasks } from './background-tasks.js';

const silent = Log.silent();

describe('work behind an answer', () => {
  it('begins once the answer was given, so that its duration cannot show in it', async () => {
    const tasks = new BackgroundTasks(silent);
    const order: string[] = [];
    const answered = tasks
      .runAfterFixedDelay(() => {
        order.push('work');
        return Promise.resolve();
      })
      .then(() => order.push('answer'));
    await answered;
    await until(() => order.length === 2, 'the work');
    expect(order).toEqual(['answer', 'work']);
  });

  it('is done before the instance stops, also when its time has not come', async () => {
    const tasks = new BackgroundTasks(silent);
    const done: number[] = [];
    await Promise.all(
      Array.from({ length: 9 }, (_, at) =>
        tasks.runAfterFixedDelay(() => {
          done.push(at);
          return Promise.resolve();
        }),
      ),
    );
    await tasks.onModuleDestroy();
    expect(done).toHaveLength(9);
  });

  it('is refused without any work when too much is waiting', async () => {
    const tasks = new BackgroundTasks(silent);
    let count = 0;
    const work = () => {
      count++;
      return Promise.resolve();
    };
    const accepted = Array.from({ length: responseTiming.maxWaiting }, () => tasks.runAfterFixedDelay(work));
    await expect(tasks.runAfterFixedDelay(work)).rejects.toMatchObject({ code: 'unavailable' });
    await Promise.all(accepted);
    await tasks.onModuleDestroy();
    expect(count).toBe(responseTiming.maxWaiting);
  });

  it('that fails is logged and stops nothing', async () => {
    const log = Log.silent();
    const warned = jest.spyOn(log, 'warn');
    const tasks = new BackgroundTasks(log);
    await tasks.runAfterFixedDelay(() => Promise.reject(new Error('away')));
    await tasks.onModuleDestroy();
    expect(warned.mock.calls.map(([text]) => text)).toEqual(['work behind an answer failed']);
  });
});
