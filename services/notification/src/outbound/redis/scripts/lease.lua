-- Shared by all scripts. KEYS[1]: the gateways' leases; ARGV[1]: the hash tag; ARGV[2]: how long a
-- lease lives, ms. Keys made from the tag are in the slot of KEYS[1].
local gateways, tag, lifetime = KEYS[1], ARGV[1], tonumber(ARGV[2])
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function read(id)
  local text = redis.call('HGET', gateways, id)
  return text and cjson.decode(text)
end

local function write(id, lease)
  redis.call('HSET', gateways, id, cjson.encode(lease))
end

local function topic_key(topic) return tag .. ':topic:' .. topic end
local function held_key(registration) return tag .. ':held:' .. registration end
local function registration(id, lease) return id .. '/' .. lease.generation end

-- From here on nothing that is registered under the lease counts. Its entries are swept later.
local function end_registration(id, lease)
  redis.call('SADD', tag .. ':ended', registration(id, lease))
end

-- A registration without topics.
local function begin_registration(lease)
  lease.generation = redis.call('INCR', tag .. ':generations')
  lease.count, lease.high, lease.low = 0, 0, 0
  lease.complete = false
end

-- The lease of this life of the gateway, or why there is none.
local function lease_of(id, epoch)
  local lease = read(id)
  if lease and lease.epoch > epoch then return nil, 'superseded' end
  if not lease or lease.epoch < epoch or lease.expires <= now then return nil, 'no lease' end
  return lease
end

