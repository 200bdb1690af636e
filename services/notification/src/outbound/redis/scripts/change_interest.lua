-- ARGV[3]: gateway id; ARGV[4]: epoch; ARGV[5], ARGV[6]: operation and part; ARGV[7]: reset;
-- ARGV[8]: how many topics are removed; then the removed and the added topics, each as its text and
-- the halves of its hash.
local id, epoch, operation, part = ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local lease, reason = lease_of(id, epoch)
if not lease then return reason end
-- '' sorts before every number: no step yet.
if operation < lease.operation then return 'stale' end
if operation == lease.operation then
  if part < lease.part then return 'stale' end
  if part == lease.part then return 'noted' end
end
lease.operation, lease.part = operation, part

if ARGV[7] == '1' then
  end_registration(id, lease)
  begin_registration(lease)
end
local entry = registration(id, lease)
local held = held_key(entry)

local function toggle(at, by)
  lease.count = lease.count + by
  -- Lua's bit operations answer signed numbers.
  lease.high = bit.bxor(lease.high, tonumber(ARGV[at + 1])) % 4294967296
  lease.low = bit.bxor(lease.low, tonumber(ARGV[at + 2])) % 4294967296
end

local first, first_added = 9, 9 + 3 * tonumber(ARGV[8])
for at = first, first_added - 1, 3 do
  if redis.call('SREM', held, ARGV[at]) == 1 then
    redis.call('SREM', topic_key(ARGV[at]), entry)
    toggle(at, -1)
  end
end
for at = first_added, #ARGV, 3 do
  if redis.call('SADD', held, ARGV[at]) == 1 then
    redis.call('SADD', topic_key(ARGV[at]), entry)
    toggle(at, 1)
  end
end
write(id, lease)
return 'noted'
