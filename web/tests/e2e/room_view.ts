import { expect, type Locator, type Page } from '@playwright/test';
import type { RoomId } from '#/core/model.ts';

/** A room in a browser, as a person finds their way in it. */
export class RoomView {
  readonly page: Page;
  readonly composer: Locator;
  readonly feed: Locator;
  /** All messages that are on the page; far away ones are not. */
  readonly messages: Locator;

  constructor(page: Page) {
    this.page = page;
    this.composer = page.getByRole('textbox', { name: /^Write to / });
    this.feed = page.getByRole('log', { name: 'Messages' });
    this.messages = this.feed.getByRole('article');
  }

  /** The room in the list of rooms. */
  static link(page: Page, title: string): Locator {
    return page.getByRole('navigation', { name: 'Rooms' }).getByRole('link').filter({ hasText: title });
  }

  /** Opens it by its address. */
  static async at(page: Page, room: RoomId): Promise<RoomView> {
    await page.goto(`/rooms/${room}`);
    const view = new RoomView(page);
    await expect(view.composer).toBeVisible();
    return view;
  }

  /** Opens it from the list of rooms. */
  static async open(page: Page, title: string): Promise<RoomView> {
    await RoomView.link(page, title).click();
    const view = new RoomView(page);
    await expect(page.getByRole('textbox', { name: `Write to ${title}` })).toBeVisible();
    return view;
  }

  /** Writes and sends, and does not wait for anything. */
  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  message(text: string): Locator {
    return this.messages.filter({ has: this.page.getByText(text, { exact: true }) });
  }

  /** The texts of the messages on the page, in their order. */
  async texts(pattern: RegExp): Promise<string[]> {
    const all = await this.messages.allInnerTexts();
    return all.flatMap((text) => pattern.exec(text)?.[0] ?? []);
  }
}
