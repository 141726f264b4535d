/** Rows of a long list, fetched a page at a time as they come into sight. */
export class Pages<Row> {
  static readonly SIZE = 100;
  /** Pages in memory at most; those out of sight longest go first. */
  static readonly KEPT = 40;

  total = $state<number | null>(null);
  error = $state<unknown>(null);
  /** Counts arrivals, so that the table draws again. */
  arrivals = $state(0);
  readonly #pages = new Map<number, readonly Row[]>();
  readonly #asked = new Set<number>();
  #generation = 0;

  constructor(
    private readonly fetch: (offset: number, limit: number) => Promise<{ total: number; rows: readonly Row[] }>,
  ) {}

  /** The row at a place; `undefined` until it has arrived. */
  row(index: number): Row | undefined {
    return this.#pages.get(Math.floor(index / Pages.SIZE))?.[index % Pages.SIZE];
  }

  /** Sees to it that rows from `first` to `last` arrive. */
  want(first: number, last: number): void {
    for (let page = Math.floor(first / Pages.SIZE); page <= Math.floor(last / Pages.SIZE); page += 1) {
      if (page >= 0 && !this.#pages.has(page) && !this.#asked.has(page)) void this.#get(page);
    }
  }

  /** Forgets everything: another order, another filter, other data. */
  reset(): void {
    this.#generation += 1;
    this.#pages.clear();
    this.#asked.clear();
    this.arrivals += 1;
    this.want(0, 0);
  }

  async #get(page: number): Promise<void> {
    const generation = this.#generation;
    this.#asked.add(page);
    try {
      const { total, rows } = await this.fetch(page * Pages.SIZE, Pages.SIZE);
      if (generation !== this.#generation) return;
      this.#pages.delete(page);
      this.#pages.set(page, rows);
      if (this.#pages.size > Pages.KEPT) {
        const oldest = this.#pages.keys().next().value;
        if (oldest !== undefined) this.#pages.delete(oldest);
      }
      this.total = total;
      this.error = null;
    } catch (thrown) {
      if (generation === this.#generation) this.error = thrown;
    } finally {
      if (generation === this.#generation) this.#asked.delete(page);
      this.arrivals += 1;
    }
  }
}
