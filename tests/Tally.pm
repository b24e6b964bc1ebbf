# SPDX-License-Identifier: MIT
#
# A formatter for prove: after its own summary, what the failed programs said,
# and one line that adds up everything, "N passed, N failed". A program that dies, or ends before the
# end of its plan, or reports nothing, counts as one more failure.
package Tally;

use strict;
use warnings;
use TAP::Formatter::Console;
use TAP::Formatter::File;

# As prove itself chooses: progress that moves is for a terminal only.
our @ISA = -t STDOUT ? 'TAP::Formatter::Console' : 'TAP::Formatter::File';

# All that a program said, less the tests that passed (see tests/one).
sub explain {
	my ($name) = @_;
	my $log = "$ENV{LOGS}/" . ($name =~ tr{/}{_}r);

	print "\n$name said:\n";
	open(my $file, '<', $log) or return;
	print grep { !/^ok / } <$file>;
}

sub summary {
	my ($self, $aggregate, @rest) = @_;
	my ($passed, $failed, $skipped) = (0, 0, 0);

	$self->SUPER::summary($aggregate, @rest);
	explain($_) for grep { ($aggregate->parsers($_))[0]->has_problems }
	    $aggregate->descriptions;
	for my $program ($aggregate->parsers) {
		# A TAP point that is skipped also counts as passed there.
		$skipped += $program->skipped;
		$skipped++ if $program->skip_all;
		$passed += $program->passed - $program->skipped;
		$failed += $program->failed;
		$failed++ if $program->has_problems && !$program->failed;
	}

	my $tally = "$passed passed, $failed failed";
	$tally .= ", $skipped skipped" if $skipped;
	open(my $file, '>', $ENV{TALLY}) or die "$ENV{TALLY}: $!\n";
	print $file "$tally\n";
	close($file) or die "$ENV{TALLY}: $!\n";
	print "$tally\n";
}

1;
