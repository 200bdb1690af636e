/** Signs that stand for themselves, while those that mean something are taken away. */
const ESCAPED = /\\([\\`*_{}[\]()#+\-.!>~|])/g;
const PRIVATE = 0xe000;

/** The beginning of a message's Markdown as one line of plain text. */
export function plainPreview(markdown: string): string {
  return markdown
    .slice(0, 400)
    .replace(ESCAPED, (_, sign: string) => String.fromCharCode(PRIVATE + sign.charCodeAt(0)))
    .replace(/^ {0,3}(```|~~~).*$/gm, '')
    .replace(/!?\[([^\]\n]*)\]\([^)\n]*\)/g, '$1')
    .replace(/^ {0,3}(#{1,6}|>|[-*+]|\d+[.)])\s+/gm, '')
    .replace(/(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])/g, '$1')
    .replace(/(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)/g, '$1')
    .replace(/`+([^`\n]+)`+/g, '$1')
    .replace(/[\ue000-\ue07f]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - PRIVATE))
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 160);
}
