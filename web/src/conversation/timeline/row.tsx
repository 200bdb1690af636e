import { memo } from 'react';
import type { UserRef } from '#/core/model.ts';
import { MessageView } from '../message/message.tsx';
import { DayDivider, UnreadLine } from './dividers.tsx';
import type { Row } from './rows.ts';

interface RowProps {
  row: Row;
  /** The arrow keys are here. */
  active: boolean;
  /** Somebody was led here. */
  highlighted: boolean;
  readers: readonly UserRef[] | undefined;
}

/** One message with what stands above it. Rendered again only when one of its own values is another. */
export const RowView = memo(function RowView({ row, active, highlighted, readers }: RowProps) {
  return (
    <>
      {row.day && <DayDivider at={row.at} />}
      {row.unread && <UnreadLine />}
      <MessageView row={row} active={active} highlighted={highlighted} readers={readers} />
    </>
  );
});
