# tar -I with and without options.
. "$CLI_LIB"
tar --version 2>/dev/null | grep -q GNU || skip "no GNU tar"
mkdir d
text 50000 >d/a
text 100 >d/b
tar -I "$PITH" -cf d.tar.pith d || fail "create"
mv d old
tar -I "$PITH" -xf d.tar.pith || fail "extract"
diff -r d old || fail "differs"
tar -I "$PITH -1 -T0" -cf e.tar.pith d || fail "create with options"
tar -I "$PITH" -tf e.tar.pith | grep -q '^d/b$' || fail "list"
