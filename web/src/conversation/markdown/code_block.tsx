import { Check, Copy } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { IconButton } from '#/components/icon_button.tsx';
import { useText } from '#/i18n/text.ts';
import { useCopy } from '../copy.ts';
import { highlighted, loadHighlighter, onHighlighterLoaded } from './highlight.ts';

/** Code in its own typeface, with its language's name and colours where that is known. */
export function CodeBlock({ code, language }: { code: string; language: string | undefined }) {
  const t = useText();
  const { copied, copy } = useCopy();
  const name = language?.trim().split(/\s/)[0]?.slice(0, 24) ?? '';
  return (
    <figure className="code-block">
      <figcaption>
        <span className="truncate">{name || t('conversation:code')}</span>
        <IconButton
          label={copied ? t('common:copied') : t('conversation:copy_code')}
          icon={copied ? <Check /> : <Copy />}
          onClick={() => copy(code)}
          className="size-7! rounded-md! [&_svg]:size-3.5!"
        />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls */}
      <pre tabIndex={0} dir="ltr">
        <code>{name === '' ? code : <Highlighted code={code} language={name} />}</code>
      </pre>
    </figure>
  );
}

/** Plain until the colours are there; they change no line, so nothing moves. */
function Highlighted({ code, language }: { code: string; language: string }): ReactNode {
  const [shown, show] = useState(() => highlighted(code, language));
  useEffect(() => {
    if (shown !== undefined) return;
    loadHighlighter();
    return onHighlighterLoaded(() => show(highlighted(code, language)));
  }, [code, language, shown]);
  return shown ?? code;
}
