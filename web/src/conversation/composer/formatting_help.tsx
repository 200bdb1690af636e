import { Type } from 'lucide-react';
import { IconButton } from '#/components/icon_button.tsx';
import { Popover } from '#/components/popover.tsx';
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
    <Popover
      trigger={<IconButton label={t('conversation:formatting')} icon={<Type />} />}
      title={t('conversation:formatting')}
    >
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
            <td className="whitespace-pre py-1.5 font-mono text-ink-soft text-xs">{'```rust\ncode\n```'}</td>
            <td className="py-1.5 text-ink-soft">{t('conversation:formatting_code')}</td>
          </tr>
        </tbody>
      </table>
      <p className="mt-2 text-ink-faint text-xs">{t('conversation:formatting_lines')}</p>
    </Popover>
  );
}
