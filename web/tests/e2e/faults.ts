import type { BrowserContext, ConsoleMessage } from '@playwright/test';

/** What Chromium itself writes when a request does not succeed, which is no fault where servers are killed. */
const REQUEST_FAILED =
  /^(Failed to load resource|WebSocket connection to '[^']*' failed|An unknown error occurred when fetching the script)/;

/**
 * What no page may do, whatever is done to it: throw, break the content security policy, write errors, or speak to
 * anybody but its own server.
 */
export class Faults {
  readonly all: string[] = [];
  readonly #origins: ReadonlySet<string>;

  constructor(origins: readonly string[]) {
    this.#origins = new Set(origins);
  }

  /** A fault that the test provokes itself. */
  forgive(pattern: RegExp): void {
    const left = this.all.filter((fault) => !pattern.test(fault));
    this.all.splice(0, this.all.length, ...left);
  }

  async watch(context: BrowserContext): Promise<void> {
    context.on('weberror', (thrown) => {
      const { name, message, stack } = thrown.error();
      this.#add(`thrown: ${name}: ${message} ${stack}`);
    });
    context.on('console', (message) => this.#hear(message));
    context.on('request', (request) => {
      const { protocol, origin } = new URL(request.url());
      const ours = this.#origins.has(origin.replace(/^ws/, 'http'));
      if (!ours && !['data:', 'blob:', 'about:'].includes(protocol)) this.#add(`asked: ${request.url()}`);
    });
    context.on('page', (page) => {
      page.on('crash', () => this.#add('crashed'));
      page.on('websocket', (socket) => {
        const { origin } = new URL(socket.url().replace(/^ws/, 'http'));
        if (!this.#origins.has(origin)) this.#add(`asked: ${socket.url()}`);
      });
    });
    // Reports of violations come to the console too; an event tells also of those that are only reported.
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
        // biome-ignore lint/suspicious/noConsole: the console is listened to
        console.error(`content security policy: ${violatedDirective} ${blockedURI} ${sample}`);
      });
    });
  }

  #hear(message: ConsoleMessage): void {
    if (message.type() !== 'error' || REQUEST_FAILED.test(message.text())) return;
    this.#add(`console: ${message.text()}`);
  }

  #add(fault: string): void {
    this.all.push(fault);
  }
}
