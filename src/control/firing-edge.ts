import type { Firing } from '../domain/index.ts';

/** How long an edge that fires may be gone before another fires in its place; it stops by itself well before. */
const HANDOVER_MS = 60_000;

/**
 * Which of the connected edges fires crons: one of them. An edge that comes keeps the office it held until now, so that a control
 * plane that starts anew moves it nowhere; one that comes second is told that it does not fire.
 */
export class FiringEdge {
  readonly #tell: (edge: string, firing: Firing) => void;
  readonly #handoverMs: number;
  readonly #connected = new Set<string>();
  readonly #told = new Map<string, Firing>();
  #holder: string | undefined;
  #handover: NodeJS.Timeout | undefined;

  constructor(tell: (edge: string, firing: Firing) => void, handoverMs = HANDOVER_MS) {
    this.#tell = tell;
    this.#handoverMs = handoverMs;
  }

  joined(edge: string, wasFiring: boolean): void {
    this.#connected.add(edge);
    this.#told.delete(edge);
    if (wasFiring) this.#holder ??= edge;
    this.#tellAll();
    this.#watch();
  }

  left(edge: string): void {
    this.#connected.delete(edge);
    // The others stay told: who fires while the control plane hears it must not fire on when it does not.
    this.#watch();
  }

  #watch(): void {
    const isHeld = this.#holder !== undefined && this.#connected.has(this.#holder);
    if (isHeld || this.#connected.size === 0) {
      clearTimeout(this.#handover);
      this.#handover = undefined;
      return;
    }
    this.#handover ??= setTimeout(() => {
      this.#handover = undefined;
      [this.#holder] = this.#connected;
      this.#tellAll();
    }, this.#handoverMs).unref();
  }

  #tellAll(): void {
    const isAlone = this.#connected.size === 1;
    for (const edge of this.#connected) {
      const firing = edge !== this.#holder ? 'never' : isAlone ? 'always' : 'while_connected';
      if (this.#told.get(edge) === firing) continue;
      this.#told.set(edge, firing);
      this.#tell(edge, firing);
    }
  }
}
