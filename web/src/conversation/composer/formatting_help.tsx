import { Popover } from '@base-ui/react/popover';
import { Type } from 'lucide-react';
import { iconButtonClass } from '#/components/icon_button.tsx';
import { useText } from '#/i18n/text.ts';
import { Markdown } from '../markdown/markdown.tsx';

const EXAMPLES = [
  '**bold**',
  '*italic*',
  '~~gone~~',
  '`code`',
  '> quote',
  '- item',
  '- [ ] task',
  '[link](https://example.org)',
];

/** How to write what. */
export function FormattingHelp() {
  const t = useText();
  return (
    <Popover.Root>
      <Popover.Trigger aria-label={t('conversation:formatting')} className={iconButtonClass()}>
        <Type />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner side="top" align="start" sideOffset={8} collisionPadding={8}>
          <Popover.Popup className="popup-motion w-80 max-w-[calc(100vw-1rem)] rounded-xl bg-raised p-4 shadow-raised outline-none">
            <Popover.Title className="font-semibold">{t('conversation:formatting')}</Popover.Title>
            <table className="mt-2 w-full table-fixed text-[0.8125rem]">
              <thead className="sr-only">
                <tr>
                  <th>{t('conversation:formatting_typed')}</th>
                  <th>{t('conversation:formatting_shown')}</th>
                </tr>
              </thead>
              <tbody>
                {EXAMPLES.map((example) => (
                  <tr key={example} className="border-line border-b last:border-0">
                    <td className="wrap-anywhere py-1.5 pe-2 font-mono text-ink-soft text-xs">{example}</td>
                    <td className="py-1.5">
                      <Markdown text={example} />
                    </td>
                  </tr>
                ))}
                <tr>
                  <td className="whitespace-pre py-1.5 font-mono text-ink-soft text-xs">
                    {'```rust\ncode\n```'}
                  </td>
                  <td className="py-1.5 text-ink-soft">{t('conversation:formatting_code')}</td>
                </tr>
              </tbody>
            </table>
            <p className="mt-2 text-ink-faint text-xs">{t('conversation:formatting_lines')}</p>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
