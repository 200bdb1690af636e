import type { RootContent } from 'hast';
import { common, createLowlight } from 'lowlight';
import { Fragment, type ReactNode } from 'react';

const lowlight = createLowlight(common);

/** Elements that are only `span`s with class names of their own kind. */
export function highlight(code: string, language: string): ReactNode {
  if (!lowlight.registered(language)) return code;
  return nodes(lowlight.highlight(language, code).children);
}

function nodes(children: readonly RootContent[]): ReactNode {
  return children.map((child, i) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: the code never changes
    if (child.type === 'text') return <Fragment key={i}>{child.value}</Fragment>;
    if (child.type !== 'element') return null;
    const names = child.properties.className;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the code never changes
      <span key={i} className={Array.isArray(names) ? names.join(' ') : undefined}>
        {nodes(child.children)}
      </span>
    );
  });
}
