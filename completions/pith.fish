# Completion of pith, unpith and pithcat for fish.  Made by tools/make_docs.c from the
# table of options; edit that.
function __pith_decodes
    set -l words (commandline -opc)
    string match -qr '(^|/)(unpith|pithcat)$' -- $words[1]
    or string match -qr '^(-[123456789zdtlbhVcfrkvq]*[dtl].*|--decompress|--uncompress|--test|--list)$' -- $words[2..]
end

complete -c unpith -w pith
complete -c pithcat -w pith
complete -c pith -n __pith_decodes -k -x -a '(__fish_complete_suffix .pith)'
complete -c pith -s z -l compress -d 'compress (the default)'
complete -c pith -s d -l decompress -l uncompress -d 'decompress'
complete -c pith -s t -l test -d 'decode and check, write nothing'
complete -c pith -s l -l list -d 'list what archives hold; with -v every chunk'
complete -c pith -s b -l bench -d 'measure FILES at all levels, at the given one, or up to -e'
complete -c pith -l estimate -d 'guess what the levels give and cost, from parts of FILES'
complete -c pith -s h -l help -d 'print this help'
complete -c pith -s V -l version -d 'print the version'
complete -c pith -s 1 -d 'level 1: compress in 60.3 MiB, decompress in 33.9 MiB'
complete -c pith -s 2 -d 'level 2: compress in 222 MiB, decompress in 119 MiB'
complete -c pith -s 3 -d 'level 3: compress in 268 MiB, decompress in 146 MiB'
complete -c pith -s 4 -d 'level 4: compress in 453 MiB, decompress in 242 MiB'
complete -c pith -s 5 -d 'level 5: compress in 718 MiB, decompress in 375 MiB'
complete -c pith -s 6 -d 'level 6: compress in 1.40 GiB, decompress in 747 MiB'
complete -c pith -s 7 -d 'level 7: compress in 1.79 GiB, decompress in 980 MiB'
complete -c pith -s 8 -d 'level 8: compress in 2.79 GiB, decompress in 1.46 GiB'
complete -c pith -s 9 -d 'level 9: compress in 2.79 GiB, decompress in 1.46 GiB'
complete -c pith -l level -x -a '1 2 3 4 5 6 7 8 9' -d 'the same as -N (1 to 9)'
complete -c pith -l block-size -x -a '1MiB 16MiB 64MiB 256MiB 1GiB' -d 'raw bytes in one independent chunk (64KiB to 1GiB)'
complete -c pith -l size-hint -x -a '1MiB 16MiB 64MiB 256MiB 1GiB' -d 'how much a pipe will bring, about'
complete -c pith -l no-verify -d 'do not decode each chunk again to compare'
complete -c pith -s e -x -a '1 2 3 4 5 6 7 8 9' -d 'the last level for -b and --estimate'
complete -c pith -s i -x -d '-b repeats each measurement for N seconds and keeps the fastest'
complete -c pith -l range -x -d 'only these bytes of the content'
complete -c pith -l keep-going -d 'restore all that is sound in damaged archives'
complete -c pith -l max-output -x -a '1MiB 16MiB 64MiB 256MiB 1GiB' -d 'give out no more than SIZE an archive'
complete -c pith -s c -l stdout -l to-stdout -d 'write to standard output'
complete -c pith -s o -l output -r -F -d 'write to FILE'
complete -c pith -s S -l suffix -x -d 'use SUF in place of .pith'
complete -c pith -s f -l force -d 'overwrite; follow links; take special files; write to terminals'
complete -c pith -s r -l recursive -d 'take the files below directories; see what is skipped with -v'
complete -c pith -s k -l keep -d 'keep the input (the default)'
complete -c pith -l rm -d 'remove the input once its output is safely written'
complete -c pith -s T -l threads -x -a '0 1 2 4 8 16' -d 'use up to N threads, 0 = all; never changes the bytes (default 1)'
complete -c pith -s M -l memory -x -a '1MiB 16MiB 64MiB 256MiB 1GiB' -d 'use no more memory than SIZE, as 512MiB (default 4GiB)'
complete -c pith -s v -l verbose -d 'say more'
complete -c pith -s q -l quiet -d 'say less; twice: not even errors'
complete -c pith -l json -d 'tables and summaries as JSON; see docs/json.md'
complete -c pith -l progress -d 'show progress even if stderr is no terminal'
