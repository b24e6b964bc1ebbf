-- SPDX-License-Identifier: MIT
--
-- wrk ... -- FILE LENGTH: the orders of a file, each once.  Where it ends so
-- does the load, with a request or two that order nothing.
local file, length

function init(args)
	file = assert(io.open(args[1], "rb"))
	length = tonumber(args[2])
end

function request()
	local order = file:read(length)

	if not order then
		wrk.thread:stop()
		return "GET /accounts/bob HTTP/1.1\r\nHost: bank\r\n\r\n"
	end
	return order
end
