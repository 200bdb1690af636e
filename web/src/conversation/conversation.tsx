/** Stands in for the conversation until it is merged. */
export function Conversation({ roomId }: { roomId: string }) {
  return <div className="flex-1" data-room={roomId} />;
}
