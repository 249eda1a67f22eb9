-- The one additive measure of each block of a form. Amounts stand on the lowest rows and the lowest columns
-- that are printed; where these do not reach the printed sum above them, the gap stands there as unallocated.
-- So for every form: sum(amount_yuan) + sum(unallocated_yuan) = printed grand total.
with

cell as (
    select * from {{ ref('int_cell') }}
),

column_ancestor as (
    select * from {{ ref('int_column_ancestor') }}
),

account_class as (
    select distinct
        code,
        if(nature = 'basic_personnel', '人员经费', '公用经费') as total_label
    from {{ ref('account_economic') }}
    where level = 'class' and nature is not null
),

-- 合计 may be parted twice in one row, by nature and by fund; then nature parts it, and the funds stand beside.
natured_row as (
    select distinct row_id
    from cell
    where role = 'amount' and printed_yuan is not null and partition_by = 'nature'
),

own as (
    select cell.*
    from cell
    left join natured_row on cell.row_id = natured_row.row_id
    where
        cell.role = 'amount'
        and cell.printed_yuan is not null
        and (natured_row.row_id is null or coalesce(cell.partition_by, '') <> 'fund')
),

-- Within a row: each figure and the nearest printed figure that contains it.
part as (
    select
        child.cell_id,
        child.printed_yuan,
        whole.cell_id as whole_id
    from own as child
    inner join column_ancestor on child.column_key = column_ancestor.column_key
    inner join own as whole
        on
            child.row_id = whole.row_id
            and column_ancestor.ancestor_key = whole.column_key
    qualify row_number() over (
        partition by child.cell_id
        order by column_ancestor.distance, whole.cell_id
    ) = 1
),

whole as (
    select
        whole_id as cell_id,
        sum(printed_yuan) as parts_yuan
    from part
    group by whole_id
),

-- What a row amounts to: its figures that no other figure of the row contains.
valued_row as (
    select
        own.row_id,
        any_value(own.block) as block,
        any_value(own.outer_block) as outer_block,
        any_value(own.row_tree) as row_tree,
        any_value(own.row_number) as row_number,
        any_value(own.row_kind) as row_kind,
        any_value(own.code) as code,
        any_value(own.label) as label,
        sum(own.printed_yuan) as row_yuan,
        min(own.cell_id) as carrier_id
    from own
    anti join part on own.cell_id = part.cell_id
    group by own.row_id
),

-- Of the sums printed without a code, one is the grand total of its block.
grand_total as (
    select row_id
    from valued_row
    where
        row_kind = 'total'
        and not (
            row_tree = 'economic'
            and regexp_matches(label, '^(人员|公用)经费')
        )
    qualify row_number() over (
        partition by block
        order by
            case
                when suffix(label, '总计') then 1
                when label in ('合计', '总合计') then 2
                when suffix(label, '支出合计') or suffix(label, '收入合计') then 3
                else 4
            end,
            row_number
    ) = 1
),

shape as (
    select
        block,
        bool_or(row_kind = 'leaf') as has_leaf
    from valued_row
    group by block
),

-- The rows that make up the tree of a block: accounts by code, other lines by their kind, the totals. Sums in
-- between that bear no code (本年支出合计) are printed figures only; a form of one row is its own leaf.
node_row as (
    select
        valued_row.row_id,
        valued_row.block,
        valued_row.outer_block,
        valued_row.row_tree in ('code', 'economic') and valued_row.code is not null as is_account,
        valued_row.row_tree = 'single_row' and not shape.has_leaf as is_single_row,
        valued_row.label,
        valued_row.row_yuan,
        valued_row.carrier_id,
        case when is_account then valued_row.code end as code,
        case
            when is_account then 'account ' || valued_row.code
            when is_single_row then 'single row'
            when grand_total.row_id is not null then 'grand total'
            when valued_row.row_kind = 'total' then 'total ' || valued_row.label
            else 'line ' || valued_row.row_id
        end as node_key
    from valued_row
    inner join shape on valued_row.block = shape.block
    left join grand_total on valued_row.row_id = grand_total.row_id
    where
        is_account
        or is_single_row
        or grand_total.row_id is not null
        or valued_row.row_kind = 'leaf'
        or (valued_row.row_tree = 'economic' and valued_row.row_kind = 'total')
),

block_shape as (
    select
        block,
        any_value(outer_block) as outer_block,
        bool_or(node_key = 'grand total') as has_total,
        bool_or(node_key <> 'grand total') as has_detail
    from node_row
    group by block
),

-- A file can print a department's form and then a unit's again: a section with a total of its own, beside a
-- main part that is complete without it, shows money that is counted already.
repeated_block as (
    select section.block
    from block_shape as section
    inner join block_shape as main_part on section.outer_block = main_part.block
    where
        section.block <> section.outer_block
        and section.has_total
        and main_part.has_total
        and main_part.has_detail
),

node as (
    select
        node_row.block,
        node_row.outer_block,
        node_row.node_key,
        any_value(node_row.code) as code,
        any_value(node_row.label) as label,
        sum(node_row.row_yuan) as node_yuan,
        min(node_row.carrier_id) as carrier_id
    from node_row
    anti join repeated_block on node_row.block = repeated_block.block
    group by all
),

code_start as (
    select
        block,
        node_key,
        unnest([3, 5, 6]) as width,
        code
    from node
    where code is not null
),

account_parent as (
    select
        code_start.block,
        code_start.node_key,
        parent.node_key as parent_key
    from code_start
    inner join node as parent
        on
            code_start.block = parent.block
            and left(code_start.code, code_start.width) = parent.code
    where length(code_start.code) > code_start.width
    qualify row_number() over (
        partition by code_start.block, code_start.node_key
        order by code_start.width desc
    ) = 1
),

-- 人员经费合计 stands between the grand total and the classes it sums.
class_parent as (
    select
        node.block,
        node.node_key,
        min(parent.node_key) as parent_key
    from node
    inner join account_class on left(node.code, 3) = account_class.code
    inner join node as parent
        on
            node.block = parent.block
            and prefix(parent.node_key, 'total ')
            and prefix(parent.label, account_class.total_label)
    group by all
),

total_parent as (
    select
        node.block,
        node.node_key,
        parent.block as parent_block,
        parent.node_key as parent_key
    from node
    inner join node as parent
        on node.outer_block = parent.outer_block and parent.node_key = 'grand total'
    where
        (node.block = parent.block and node.node_key <> 'grand total')
        or (node.block <> parent.block and parent.block = parent.outer_block)
    qualify row_number() over (
        partition by node.block, node.node_key
        order by (node.block = parent.block) desc
    ) = 1
),

children as (
    select
        coalesce(
            if(account_parent.parent_key is null and class_parent.parent_key is null, null, node.block),
            total_parent.parent_block
        ) as block,
        coalesce(
            account_parent.parent_key, class_parent.parent_key, total_parent.parent_key
        ) as node_key,
        sum(node.node_yuan) as children_yuan
    from node
    left join account_parent using (block, node_key)
    left join class_parent using (block, node_key)
    left join total_parent using (block, node_key)
    group by all
),

judged_row as (
    select
        node_row.row_id,
        node.carrier_id,
        children.node_key is null as is_leaf,
        node.node_yuan - coalesce(children.children_yuan, 0) as gap_yuan
    from node_row
    inner join node using (block, node_key)
    left join children using (block, node_key)
),

final as (
    select
        own.cell_id,
        repeated_block.block is not null as is_repeated,
        coalesce(judged_row.is_leaf, false) and whole.cell_id is null as is_additive,
        case
            when judged_row.is_leaf and whole.cell_id is null then own.printed_yuan
        end as amount_yuan,
        case
            when judged_row.is_leaf and whole.cell_id is not null
                then {{ yuan('own.printed_yuan - whole.parts_yuan') }}
            when not judged_row.is_leaf and own.cell_id = judged_row.carrier_id
                then {{ yuan('judged_row.gap_yuan') }}
        end as unallocated_yuan
    from own
    left join whole on own.cell_id = whole.cell_id
    left join judged_row on own.row_id = judged_row.row_id
    left join repeated_block on own.block = repeated_block.block
)

select * from final
