// SPDX-License-Identifier: MIT
//
// The same random choices on every machine: xorshift32.
let state = 0x9e3779b9;

export function draw(below) {
	state ^= state << 13;
	state ^= state >>> 17;
	state ^= state << 5;
	return (state >>> 0) % below;
}

export const pick = (...choices) => choices[draw(choices.length)];

export const shuffled = (list) => list.map((item) => [draw(1 << 30), item])
    .sort(([a], [b]) => a - b).map(([, item]) => item);
