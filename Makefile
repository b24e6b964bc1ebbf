# replaylab: one library, four programs, and the rule of who may see whom.
#
#	programs -> common/io -> common/wire -> common/base
#
# The rule is in the include paths below: breaking it does not compile.
#
#	make			the programs, in build/
#	make check		unit tests, fuzz targets on their corpus, black-box tests
#	make SAN=1 check	the same under ASan and UBSan, in build/san/
#	make fuzz		libFuzzer on every target, FUZZ_SECONDS each (clang)
#	make bench		how fast, as ratios to peers in the same run
#	make format		clang-format over every file
#	make install		programs, scenarios, manual pages, documents
#
# Knobs: CC, B (build folder), SAN=1, WERROR=1, FUZZ_SECONDS, PREFIX and
# DESTDIR (of install), LLHTTP (an unpacked llhttp where no package libllhttp
# exists; `./lab setup` fills it).

CC      ?= cc
SAN     ?=
B       ?= build$(if $(SAN),/san)
LLHTTP  ?= .setup/llhttp
PKG     := libssl libcrypto libpcap libevent_core sqlite3 libcjson libmnl

WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	   -Wpointer-arith -Wformat=2 $(if $(WERROR),-Werror)
CFLAGS  ?= -O2 -g
ALL_CFLAGS = -std=gnu17 -D_GNU_SOURCE $(WARN) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP \
	   $(if $(SAN),-fsanitize=address$(,)undefined -fno-omit-frame-pointer \
	   -fno-sanitize-recover=undefined)
ALL_LDFLAGS = $(LDFLAGS) $(if $(SAN),-fsanitize=address$(,)undefined)
,       := ,

# llhttp comes as a package, or as the C source the set-up unpacked.
ifneq ($(shell pkg-config --exists libllhttp && echo yes),yes)
LLHTTP_SRC := $(wildcard $(LLHTTP)/*.c)
LLHTTP_CFLAGS := -I$(LLHTTP)
else
PKG     += libllhttp
endif
PKG_CFLAGS := $(shell pkg-config --cflags $(PKG)) $(LLHTTP_CFLAGS)
PKG_LIBS   := $(shell pkg-config --libs $(PKG))
# libnet asks for _BSD_SOURCE, whose name today is _DEFAULT_SOURCE.
NET_CFLAGS := $(shell libnet-config --cflags --defines) -D_DEFAULT_SOURCE
SECCOMP_CFLAGS := $(shell pkg-config --cflags libseccomp)
NET_LIBS   := $(shell libnet-config --libs) $(shell pkg-config --libs libseccomp)
# A backend's other nonce stores: each only where its library is.
STORES     := $(foreach p,libpq hiredis,$(shell pkg-config --exists $(p) && echo $(p)))
HAVE_libpq := -DHAVE_LIBPQ
HAVE_hiredis := -DHAVE_HIREDIS
STORE_CFLAGS := $(foreach p,$(STORES),$(HAVE_$(p)) $(shell pkg-config --cflags $(p)))
# libpq is loaded when it is asked for (libpq.h).
STORE_LIBS := $(foreach p,$(filter-out libpq,$(STORES)),$(shell pkg-config --libs $(p)))

sources  = $(wildcard $(1)/*.c $(1)/*/*.c $(1)/*/*/*.c)
objects  = $(patsubst %.c,$(B)/%.o,$(call sources,$(1)))
PROGRAMS := attacker victim-client victim-server replaylab
BIN      := $(PROGRAMS:%=$(B)/bin/%)

all: $(BIN)

# What each part may include: the layers below it and its own folder.
BASE     := -Icommon/base
WIRE     := $(BASE) -Icommon/wire
IO       := $(WIRE) -Icommon/io
$(B)/common/base/%.o:	INCLUDES = $(BASE)
$(B)/common/wire/%.o:	INCLUDES = $(WIRE)
$(B)/common/io/%.o:	INCLUDES = $(IO)
$(B)/attacker/%.o:	INCLUDES = $(IO) -Iattacker
$(B)/attacker/confine/%.o: INCLUDES = $(IO) -Iattacker $(SECCOMP_CFLAGS)
$(B)/attacker/inject/%.o: INCLUDES = $(IO) -Iattacker $(NET_CFLAGS)
$(B)/attacker/relay/%.o: INCLUDES = $(IO) -Iattacker $(NET_CFLAGS)
$(B)/victim-server/%.o:	INCLUDES = $(IO) -Ivictim-server
$(B)/victim-server/backend/%.o: INCLUDES = $(IO) -Ivictim-server $(STORE_CFLAGS)
$(B)/victim-client/%.o:	INCLUDES = $(IO) -Ivictim-client
$(B)/scenarios/%.o:	INCLUDES = $(IO) -Iscenarios/runner
$(B)/tests/%.o:		INCLUDES = $(IO) -Iattacker -Ivictim-server -Ivictim-client \
			-Iscenarios/runner -Itests

$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(INCLUDES) -c -o $@ $<

$(B)/llhttp/%.o: $(LLHTTP)/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LLHTTP_CFLAGS) -c -o $@ $<

$(B)/libcommon.a: $(call objects,common) $(LLHTTP_SRC:$(LLHTTP)/%.c=$(B)/llhttp/%.o)
	@rm -f $@
	$(AR) rcs $@ $^

# A program is its own folder over the common library.
folder_replaylab := scenarios
folder  = $(or $(folder_$(1)),$(1))
define program
$(B)/bin/$(1): $(call objects,$(call folder,$(1))) $(B)/libcommon.a
	@mkdir -p $$(@D)
	$$(CC) $$(ALL_LDFLAGS) -o $$@ $$^ $$(PKG_LIBS) $(if $(filter attacker,$(1)),$(NET_LIBS)) $(if $(filter victim-server,$(1)),$(STORE_LIBS))
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

# tests/unit/DIR/NAME_test.c tests DIR/NAME.c: one program each, linked with
# the module's own program less its main.
UNIT := $(patsubst %.c,$(B)/%,$(wildcard $(addsuffix *_test.c,tests/unit/*/ tests/unit/*/*/ tests/unit/*/*/*/ tests/unit/*/*/*/*/)))
modules = $(filter-out %/main.o,$(call objects,$(call folder,$(1))))
part    = $(word 1,$(subst /, ,$(patsubst $(B)/tests/unit/%,%,$(1))))
.SECONDEXPANSION:
$(UNIT): %: %.o $$(if $$(filter-out common,$$(call part,$$@)),$$(call modules,$$(call part,$$@))) $(B)/libcommon.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ -lcmocka $(PKG_LIBS) $(NET_LIBS) $(STORE_LIBS)

# A fuzz target is a property.  Linked with tests/fuzz/driver.c it runs over
# its corpus and a fixed number of mutations, so `make check` needs no clang;
# tests/fuzz/campaign sets FUZZ_DRIVER to nothing and links libFuzzer's.
FUZZ_DRIVER ?= $(B)/tests/fuzz/driver.o
FUZZ := $(patsubst %.c,$(B)/%,$(filter-out tests/fuzz/driver.c,$(wildcard tests/fuzz/*.c)))
fuzz_part_scenario := scenarios
fuzz_part_report := scenarios
fuzz_part_transfer_query := victim-server
fuzz_part_stock_words := scenarios
fuzz_part_host_message := scenarios
fuzz_part_roster := scenarios
fuzz_part_ledger := scenarios
fuzz_part_grade_claim := scenarios
$(FUZZ): %: %.o $(FUZZ_DRIVER) $$(call modules,$$(or $$(fuzz_part_$$(@F)),attacker)) $(B)/libcommon.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) $(NET_LIBS) $(STORE_LIBS)

# What other people's programs are compared with.
INTEROP := $(patsubst %.c,$(B)/%,$(wildcard tests/interop/*.c))
$(INTEROP): %: %.o $(B)/libcommon.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS)

# A program of a bench is a measured loop; tests/bench/run runs the scripts
# that put it beside its peer.
bench_part_plant := scenarios
bench_part_nonces := victim-server
bench_part_transfers := victim-server
bench_part_orders := victim-client
BENCH := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*.c))
$(BENCH): %: %.o $$(call modules,$$(or $$(bench_part_$$(@F)),attacker)) $(B)/libcommon.a
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(PKG_LIBS) $(NET_LIBS) $(STORE_LIBS)

test-programs: all $(UNIT) $(FUZZ) $(INTEROP) $(BENCH)

bench: all $(BENCH)
	B=$(B) tests/bench/run

check: test-programs
	B=$(B) tests/run

FUZZ_SECONDS ?= 60
fuzz:
	tests/fuzz/campaign $(FUZZ_SECONDS)

format:
	git ls-files '*.[ch]' | xargs clang-format -i

# The scenarios are found from the programs' own place, so all of it may move.
PREFIX  ?= /usr/local
AT      = $(DESTDIR)$(PREFIX)
HELD    := $(sort $(wildcard scenarios/*/*.scn)) containers/seccomp.json
PAGES   := $(sort $(filter-out docs/man/lab.1,$(wildcard docs/man/*.?)))
PAPERS  := $(sort $(wildcard *.md) LICENSE $(wildcard docs/*.md docs/lessons/*.md docs/schema/* docs/wireshark/*/*))
install: all
	install -d $(AT)/bin
	install -m 755 $(BIN) $(AT)/bin
	set -e; for f in $(HELD); do install -D -m 644 $$f $(AT)/share/replaylab/$$f; done
	set -e; for f in $(PAGES); do install -D -m 644 $$f $(AT)/share/man/man$${f##*.}/$${f##*/}; done
	set -e; for f in $(PAPERS); do install -D -m 644 $$f $(AT)/share/doc/replaylab/$$f; done

clean:
	rm -rf build

.PHONY: all test-programs check bench fuzz format install clean
.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
