/**
 * A queue in front of the server: a few requests at a time, the most urgent
 * first. Urgency is asked for anew at every turn, so that what scrolls into
 * sight overtakes. Requests of one group wait for each other: maps of one method
 * and sample share most of their work, and the second then finds it done.
 */

interface Waiting {
  urgency: () => number;
  group: string;
  begin: () => void;
}

export class Turns {
  private waiting: Waiting[] = [];
  private running: string[] = [];

  constructor(private readonly limit: number) {}

  /**
   * run waits for a turn and does the work; a lower urgency goes first. Aborting
   * the signal while it waits rejects with the signal's reason and takes no turn.
   */
  async run<T>(
    work: () => Promise<T>,
    signal: AbortSignal,
    urgency: () => number = () => 0,
    group = '',
  ): Promise<T> {
    await this.turn(signal, urgency, group);
    try {
      return await work();
    } finally {
      this.running.splice(this.running.indexOf(group), 1);
      this.next();
    }
  }

  private turn(signal: AbortSignal, urgency: () => number, group: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const begin = () => {
        signal.removeEventListener('abort', giveUp);
        resolve();
      };
      const entry = { urgency, group, begin };
      const giveUp = () => {
        this.waiting = this.waiting.filter((other) => other !== entry);
        reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp);
      this.waiting.push(entry);
      this.next();
    });
  }

  private next(): void {
    while (this.running.length < this.limit) {
      const free = this.waiting.filter(({ group }) => !group || !this.running.includes(group));
      if (!free.length) return;
      const first = free.reduce((best, other) => (other.urgency() < best.urgency() ? other : best));
      this.waiting = this.waiting.filter((other) => other !== first);
      this.running.push(first.group);
      first.begin();
    }
  }
}
